// Generated from OpenClaw 2026.9.5 (MIT) by `npx projen openclaw:generate`. Do not edit.
/** Keys of older releases, with what OpenClaw says of them. */
export const retired: Readonly<Record<string, string>> = {
  'channels.webchat': 'channels.webchat is retired.',
  'routing.allowFrom': 'routing.allowFrom was removed; use channels.whatsapp.allowFrom instead.',
  'routing.groupChat.requireMention':
    'routing.groupChat.requireMention was removed; use channels.<channel>.groups."*".requireMention instead.',
  'routing.groupChat.historyLimit':
    'routing.groupChat.historyLimit was moved; use messages.groupChat.historyLimit instead.',
  'routing.groupChat.mentionPatterns':
    'routing.groupChat.mentionPatterns was moved; use messages.groupChat.mentionPatterns instead.',
  'channels.telegram.requireMention':
    'channels.telegram.requireMention was removed; use channels.telegram.groups."*".requireMention instead.',
  'audio.transcription': 'Use a capability-tagged tools.media.models entry instead.',
  'agents.defaults.silentReplyRewrite':
    'agents.defaults.silentReplyRewrite was removed; exact NO_REPLY is no longer rewritten to visible fallback text.',
  'agents.defaults.systemPromptOverride':
    'agents.defaults.systemPromptOverride was removed; OpenClaw owns the generated system prompt.',
  'agents.defaults.agentRuntime.fallback':
    'agents.defaults.agentRuntime is ignored; set models.providers.<provider>.agentRuntime or a model-scoped agentRuntime instead.',
  memorySearch: 'top-level memorySearch was moved; use memory.search instead.',
  'agents.defaults.memorySearch': 'agents.defaults.memorySearch moved to memory.search.',
  'memorySearch.store.path':
    'memorySearch.store.path is legacy; memory indexes now live in each agent database.',
  'memory.search.store.path':
    'memory.search.store.path is legacy; memory indexes now live in each agent database.',
  'session.typingMode': 'session.typingMode moved to agents.defaults.typingMode.',
  heartbeat:
    'top-level heartbeat is not a valid config path; use agents.defaults.heartbeat (cadence/target/model settings) or channels.defaults.heartbeat (showOk/showAlerts/useIndicator).',
  'agents.defaults.cliBackends':
    'CLI backend adapters now register through plugins; see https://docs.openclaw.ai/plugins/cli-backend-plugins',
  'cron.webhook': 'cron.webhook was retired after per-job delivery migration.',
  'cron.runLog': 'cron.runLog is retired; run history now has fixed per-job retention.',
  'gateway.controlUi.toolTitles':
    'gateway.controlUi.toolTitles is retired. Tool activity uses agent-provided descriptions automatically, without utility-model calls.',
  'gateway.tailscale.serviceName':
    'gateway.tailscale.serviceName is retired because named Services require persistent background routes that cannot follow the Gateway lifecycle.',
  'gateway.webchat': 'gateway.webchat is retired.',
  defaultModel: 'defaultModel moved to agents.defaults.model.',
  'models.pricing': 'models.pricing is retired because pricing ships with the hosted catalog.',
  'tools.web.x_search.apiKey':
    'tools.web.x_search.apiKey moved to the xAI plugin; use plugins.entries.xai.config.webSearch.apiKey instead.',
  'messages.tts': 'messages.tts moved to top-level tts.',
  'memory.backend': 'memory.backend is retired; builtin memory is now the only memory engine.',
  'memory.qmd':
    'memory.qmd is retired because the QMD memory backend was removed; configured external paths migrate to memory.search.extraPaths.',
  'memory.search.qmd':
    'memory.search.qmd is retired because the QMD memory backend was removed; configured external collections migrate to memory.search.extraPaths.',
  'agents.defaults.memory.search.qmd':
    'agents.defaults.memory.search.qmd is retired because the QMD memory backend was removed; configured external collections migrate to memory.search.extraPaths.',
  'wizard.localModelLeanAutoModel':
    'wizard.localModelLeanAutoModel is retired; local models now use Tool Search without reducing their capabilities.',
  'messages.suppressToolErrors':
    'messages.suppressToolErrors is retired; tool failure warnings now appear only when a run ends without a reply.',
  'hooks.internal.handlers':
    'hooks.internal.handlers is retired. Move each module to a managed/workspace hook directory with HOOK.md + handler file before running "openclaw doctor --fix"; the fix removes retired registrations and does not materialize executable files.',
  'ui.assistant': 'ui.assistant was retired; use agents.list[].identity instead.',
  tui: 'tui was retired and is ignored.',
  'commands.modelsWrite': 'commands.modelsWrite was retired and is ignored.',
  'messages.messagePrefix': 'messages.messagePrefix moved to channels.whatsapp.responsePrefix.',
  'tools.media.asyncCompletion': 'tools.media.asyncCompletion.directSend was retired and is ignored.',
  'tools.message.allowCrossContextSend':
    'tools.message.allowCrossContextSend moved to tools.message.crossContext.',
  'tools.experimental': 'tools.experimental.planTool moved to tools.updatePlan.',
  'talk.realtime.voice': 'talk.realtime.voice moved to talk.realtime.speakerVoice.',
  'agents.defaults.compaction.truncateAfterCompaction':
    'agents.defaults.compaction.truncateAfterCompaction is retired; byte-triggered compaction now opts in via maxActiveTranscriptBytes alone.',
  'session.maintenance.pruneDays': 'session.maintenance.pruneDays was renamed to pruneAfter.',
  'session.resetByType.dm': 'session.resetByType.dm was renamed to direct.',
  'skills.workshop.autonomous.enabled':
    'skills.workshop.autonomous.enabled is retired; use skills.workshop.autonomous.mode.',
  'skills.workshop.allowSymlinkTargetWrites':
    'skills.workshop.allowSymlinkTargetWrites is retired; Skill Workshop writes only inside its own directory.',
  'agents.list': 'agents.list moved to keyed agents.entries.',
  crestodian: 'crestodian config was retired; system-agent rescue now uses built-in policy.',
};
