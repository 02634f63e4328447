// Generated from OpenClaw 2026.9.6 (MIT) by `npx projen openclaw:generate`. Do not edit.
/** `${NAME}`, which OpenClaw replaces: https://docs.openclaw.ai/gateway/configuration/environment-variables */
type Reference = `${string}\${${string}}${string}`;

export interface DiagnosticsCacheTrace {
  readonly enabled?: boolean;
}

export interface BrowserSsrfPolicy {
  readonly dangerouslyAllowPrivateNetwork?: boolean;
  readonly allowRfc2544BenchmarkRange?: boolean;
  readonly allowIpv6UniqueLocalRange?: boolean;
  readonly allowedHostnames?: readonly string[];
  readonly blockedHostnames?: readonly string[];
}

export interface ModelsProvidersApiKey2 {
  readonly source: 'env';
  readonly provider: string;
  readonly id: string;
}

export interface ModelsProvidersApiKey3 {
  readonly source: 'file';
  readonly provider: string;
  readonly id: string;
}

export interface ModelsProvidersApiKey4 {
  readonly source: 'exec';
  readonly provider: string;
  readonly id: string;
}

export interface ModelsProvidersApiKey5 {
  readonly source: 'store';
  readonly provider: string;
  readonly id: string;
}

export type ModelsProvidersApiKey =
  string | ModelsProvidersApiKey2 | ModelsProvidersApiKey3 | ModelsProvidersApiKey4 | ModelsProvidersApiKey5;

export interface ModelsProvidersAgentRuntime {
  readonly id?: string;
}

export interface ModelsProvidersRequestAuth2 {
  readonly mode: 'provider-default';
}

export interface ModelsProvidersRequestAuth3 {
  readonly mode: 'authorization-bearer';
  readonly token: ModelsProvidersApiKey;
}

export interface ModelsProvidersRequestAuth4 {
  readonly mode: 'header';
  readonly headerName: string;
  readonly value: ModelsProvidersApiKey;
  readonly prefix?: string;
}

export type ModelsProvidersRequestAuth =
  ModelsProvidersRequestAuth2 | ModelsProvidersRequestAuth3 | ModelsProvidersRequestAuth4;

export interface ModelsProvidersRequestProxy2Tls {
  readonly ca?: ModelsProvidersApiKey;
  readonly cert?: ModelsProvidersApiKey;
  readonly key?: ModelsProvidersApiKey;
  readonly passphrase?: ModelsProvidersApiKey;
  readonly serverName?: string;
  readonly insecureSkipVerify?: boolean;
}

export interface ModelsProvidersRequestProxy2 {
  readonly mode: 'env-proxy';
  readonly tls?: ModelsProvidersRequestProxy2Tls;
}

export interface ModelsProvidersRequestProxy3 {
  readonly mode: 'explicit-proxy';
  readonly url: string;
  readonly tls?: ModelsProvidersRequestProxy2Tls;
}

export type ModelsProvidersRequestProxy = ModelsProvidersRequestProxy2 | ModelsProvidersRequestProxy3;

export type ModelsProvidersModelsThinkingLevelMapOff = string | null;

export type ModelsProvidersModelsCompatOpenRouterRoutingMaxPricePrompt = number | string;

export interface ModelsProvidersModelsCompatOpenRouterRoutingPreferredMinThroughput2 {
  readonly p50?: number;
  readonly p75?: number;
  readonly p90?: number;
  readonly p99?: number;
}

export type ModelsProvidersModelsCompatOpenRouterRoutingPreferredMinThroughput =
  number | ModelsProvidersModelsCompatOpenRouterRoutingPreferredMinThroughput2;

export type NodeHostMcpServersEnv = string | number | boolean;

export interface NodeHostMcpServersOauth {
  readonly identity?: 'shared' | 'per-requester' | Reference;
  readonly authProfileId?: string;
  readonly scope?: string;
  readonly redirectUrl?: string;
  readonly clientMetadataUrl?: string;
}

export interface NodeHostMcpServersToolFilter {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

export interface NodeHostMcpServersCodex {
  readonly agents?: readonly string[];
  readonly defaultToolsApprovalMode?: 'auto' | 'prompt' | 'approve' | Reference;
}

export interface NodeHostMcpServers {
  readonly enabled?: boolean;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, NodeHostMcpServersEnv>>;
  readonly cwd?: string;
  readonly url?: string;
  readonly transport?: 'stdio' | 'sse' | 'streamable-http' | Reference;
  readonly headers?: Readonly<Record<string, NodeHostMcpServersEnv>>;
  readonly connectionTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  readonly supportsParallelToolCalls?: boolean;
  readonly auth?: 'oauth';
  readonly oauth?: NodeHostMcpServersOauth;
  readonly sslVerify?: boolean;
  readonly clientCert?: string;
  readonly clientKey?: string;
  readonly toolFilter?: NodeHostMcpServersToolFilter;
  readonly codex?: NodeHostMcpServersCodex;
  readonly [key: string]: unknown;
}

export interface AgentsDefaultsModel2 {
  readonly primary?: string;
  readonly fallbacks?: readonly string[];
}

export type AgentsDefaultsModel = string | AgentsDefaultsModel2;

export interface AgentsDefaultsImageModel2 {
  readonly primary?: string;
  readonly fallbacks?: readonly string[];
  readonly timeoutMs?: number;
}

export type AgentsDefaultsImageModel = string | AgentsDefaultsImageModel2;

export interface AgentsDefaultsModels {
  readonly alias?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly agentRuntime?: ModelsProvidersAgentRuntime;
  readonly pickerRuntimes?: readonly string[];
  readonly codeMode?: boolean;
  readonly streaming?: boolean;
}

export interface AgentsDefaultsModelPolicy {
  readonly allow?: readonly string[];
}

export interface AgentsDefaultsSilentReply {
  readonly group?: 'allow' | 'disallow' | Reference;
  readonly internal?: 'allow' | 'disallow' | Reference;
}

export interface AgentsDefaultsExperimental {
  readonly localModelLean?: boolean;
}

export interface AgentsDefaultsContextPruningTools {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

export type AgentsDefaultsCompactionMemoryFlushForceFlushTranscriptBytes = number | string;

export type AgentsDefaultsFastModeDefault = 'auto' | boolean;

export interface AgentsDefaultsSystemAgent {
  readonly agentId?: string;
}

export interface AgentsDefaultsContextLimits {
  readonly memoryGetMaxChars?: number;
  readonly postCompactionMaxChars?: number;
}

export interface AgentsDefaultsBlockStreamingChunk {
  readonly minChars?: number;
  readonly maxChars?: number;
  readonly breakPreference?: 'paragraph' | 'newline' | 'sentence' | Reference;
}

export interface AgentsDefaultsBlockStreamingCoalesce {
  readonly minChars?: number;
  readonly maxChars?: number;
  readonly idleMs?: number;
}

export interface AgentsDefaultsHumanDelay {
  readonly mode?: 'off' | 'natural' | 'custom' | Reference;
  readonly minMs?: number;
  readonly maxMs?: number;
}

export interface AgentsDefaultsHeartbeatActiveHours {
  readonly start?: string;
  readonly end?: string;
  readonly timezone?: string;
}

export type AgentsDefaultsSandboxDockerSetupCommand = string | readonly string[];

export type AgentsDefaultsSandboxDockerMemory = string | number;

export interface AgentsDefaultsSandboxDockerUlimits2 {
  readonly soft?: number;
  readonly hard?: number;
}

export type AgentsDefaultsSandboxDockerUlimits = string | number | AgentsDefaultsSandboxDockerUlimits2;

export interface AgentsDefaultsSandboxDocker {
  readonly image?: string;
  readonly containerPrefix?: string;
  readonly workdir?: string;
  readonly readOnlyRoot?: boolean;
  readonly tmpfs?: readonly string[];
  readonly network?: string;
  readonly user?: string;
  readonly capDrop?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly setupCommand?: AgentsDefaultsSandboxDockerSetupCommand;
  readonly pidsLimit?: number;
  readonly memory?: AgentsDefaultsSandboxDockerMemory;
  readonly memorySwap?: AgentsDefaultsSandboxDockerMemory;
  readonly cpus?: number;
  readonly gpus?: string;
  readonly ulimits?: Readonly<Record<string, AgentsDefaultsSandboxDockerUlimits>>;
  readonly seccompProfile?: string;
  readonly apparmorProfile?: string;
  readonly dns?: readonly string[];
  readonly extraHosts?: readonly string[];
  readonly binds?: readonly string[];
  readonly dangerouslyAllowReservedContainerTargets?: boolean;
  readonly dangerouslyAllowExternalBindSources?: boolean;
  readonly dangerouslyAllowContainerNamespaceJoin?: boolean;
}

export interface AgentsDefaultsSandboxSsh {
  readonly target?: string;
  readonly command?: string;
  readonly workspaceRoot?: string;
  readonly strictHostKeyChecking?: boolean;
  readonly updateHostKeys?: boolean;
  readonly identityFile?: string;
  readonly certificateFile?: string;
  readonly knownHostsFile?: string;
  readonly identityData?: ModelsProvidersApiKey;
  readonly certificateData?: ModelsProvidersApiKey;
  readonly knownHostsData?: ModelsProvidersApiKey;
}

export interface AgentsDefaultsSandboxBrowser {
  readonly enabled?: boolean;
  readonly image?: string;
  readonly containerPrefix?: string;
  readonly network?: string;
  readonly cdpPort?: number;
  readonly cdpSourceRange?: string;
  readonly vncPort?: number;
  readonly noVncPort?: number;
  readonly headless?: boolean;
  readonly noVncEnabled?: boolean;
  readonly allowHostControl?: boolean;
  readonly autoStart?: boolean;
  readonly autoStartTimeoutMs?: number;
  readonly binds?: readonly string[];
}

export interface AgentsDefaultsSandboxPrune {
  readonly idleHours?: number;
  readonly maxAgeDays?: number;
}

export interface AgentsDefaultsSandbox {
  readonly mode?: 'off' | 'non-main' | 'all' | Reference;
  readonly backend?: string;
  readonly workspaceAccess?: 'none' | 'ro' | 'rw' | Reference;
  readonly sessionToolsVisibility?: 'spawned' | 'all' | Reference;
  readonly scope?: 'session' | 'agent' | 'shared' | Reference;
  readonly workspaceRoot?: string;
  readonly docker?: AgentsDefaultsSandboxDocker;
  readonly ssh?: AgentsDefaultsSandboxSsh;
  readonly browser?: AgentsDefaultsSandboxBrowser;
  readonly prune?: AgentsDefaultsSandboxPrune;
}

export interface AgentsEntriesMemorySearchExtraPaths2 {
  readonly path: string;
  readonly pattern?: string;
}

export type AgentsEntriesMemorySearchExtraPaths = string | AgentsEntriesMemorySearchExtraPaths2;

export interface AgentsEntriesMemorySearchMultimodal {
  readonly enabled?: boolean;
  readonly modalities?: readonly ('image' | 'audio' | 'all' | Reference)[];
  readonly maxFileBytes?: number;
}

export interface AgentsEntriesMemorySearchExperimental {
  readonly sessionMemory?: boolean;
}

export interface AgentsEntriesMemorySearchRemote {
  readonly baseUrl?: string;
  readonly apiKey?: ModelsProvidersApiKey;
  readonly headers?: Readonly<Record<string, string>>;
  readonly batch?: DiagnosticsCacheTrace;
}

export interface AgentsEntriesMemorySearchLocal {
  readonly modelPath?: string;
}

export interface AgentsEntriesMemorySearchStoreFts {
  readonly tokenizer?: 'unicode61' | 'trigram' | Reference;
}

export interface AgentsEntriesMemorySearchStoreVector {
  readonly enabled?: boolean;
  readonly extensionPath?: string;
}

export interface AgentsEntriesMemorySearchStore {
  readonly fts?: AgentsEntriesMemorySearchStoreFts;
  readonly vector?: AgentsEntriesMemorySearchStoreVector;
}

export interface AgentsEntriesMemorySearchQuery {
  readonly maxResults?: number;
  readonly minScore?: number;
}

export interface AgentsEntriesMemorySearch {
  readonly enabled?: boolean;
  readonly rememberAcrossConversations?: boolean;
  readonly sources?: readonly ('memory' | 'sessions' | Reference)[];
  readonly extraPaths?: readonly AgentsEntriesMemorySearchExtraPaths[];
  readonly multimodal?: AgentsEntriesMemorySearchMultimodal;
  readonly experimental?: AgentsEntriesMemorySearchExperimental;
  readonly provider?: string;
  readonly remote?: AgentsEntriesMemorySearchRemote;
  readonly fallback?: string;
  readonly model?: string;
  readonly inputType?: string;
  readonly queryInputType?: string;
  readonly documentInputType?: string;
  readonly outputDimensionality?: number;
  readonly local?: AgentsEntriesMemorySearchLocal;
  readonly store?: AgentsEntriesMemorySearchStore;
  readonly query?: AgentsEntriesMemorySearchQuery;
  readonly cache?: DiagnosticsCacheTrace;
}

export interface AgentsEntriesTtsPersonasProviders {
  readonly apiKey?: ModelsProvidersApiKey;
  readonly [key: string]: unknown;
}

export interface AgentsEntriesTtsPersonas {
  readonly label?: string;
  readonly description?: string;
  readonly provider?: string;
  readonly fallbackPolicy?: 'preserve-persona' | 'provider-defaults' | 'fail' | Reference;
  readonly providers?: Readonly<Record<string, AgentsEntriesTtsPersonasProviders>>;
}

export interface AgentsEntriesTtsModelOverrides {
  readonly enabled?: boolean;
  readonly allowText?: boolean;
  readonly allowProvider?: boolean;
  readonly allowVoice?: boolean;
  readonly allowModelId?: boolean;
  readonly allowVoiceSettings?: boolean;
  readonly allowNormalization?: boolean;
  readonly allowSeed?: boolean;
}

export interface AgentsEntriesToolsByProvider {
  readonly allow?: readonly string[];
  readonly alsoAllow?: readonly string[];
  readonly deny?: readonly string[];
  readonly profile?: 'minimal' | 'coding' | 'messaging' | 'full' | Reference;
}

export interface AgentsEntriesToolsToolsBySender {
  readonly allow?: readonly string[];
  readonly alsoAllow?: readonly string[];
  readonly deny?: readonly string[];
}

export interface AgentsEntriesToolsCodeMode2 {
  readonly enabled?: AgentsDefaultsFastModeDefault;
  readonly executor?: 'node' | 'quickjs' | Reference;
  readonly mode?: 'only';
  readonly timeoutMs?: number;
  readonly memoryLimitBytes?: number;
  readonly maxOutputBytes?: number;
  readonly maxSnapshotBytes?: number;
  readonly maxPendingToolCalls?: number;
  readonly snapshotTtlSeconds?: number;
  readonly searchDefaultLimit?: number;
  readonly maxSearchLimit?: number;
}

export type AgentsEntriesToolsCodeMode = 'auto' | boolean | AgentsEntriesToolsCodeMode2;

export interface AgentsEntriesToolsSwarm2 {
  readonly enabled?: boolean;
  readonly maxConcurrent?: number;
  readonly maxChildrenPerGroup?: number;
  readonly maxTotalPerGroup?: number;
  readonly waitTimeoutSecondsMax?: number;
  readonly defaultAgentId?: string;
}

export type AgentsEntriesToolsSwarm = boolean | AgentsEntriesToolsSwarm2;

export interface AgentsEntriesToolsElevated {
  readonly enabled?: boolean;
  readonly allowFrom?: Readonly<Record<string, readonly AgentsDefaultsSandboxDockerMemory[]>>;
}

export interface AgentsEntriesToolsExecSafeBinProfiles {
  readonly minPositional?: number;
  readonly maxPositional?: number;
  readonly allowedValueFlags?: readonly string[];
  readonly deniedFlags?: readonly string[];
}

export interface AgentsEntriesToolsExecReviewer {
  readonly model?: AgentsDefaultsModel;
  readonly thinking?: 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | Reference;
  readonly fastMode?: boolean;
  readonly timeoutMs?: number;
}

export interface AgentsEntriesToolsExecApplyPatch {
  readonly enabled?: boolean;
  readonly workspaceOnly?: boolean;
  readonly allowModels?: readonly string[];
}

export interface AgentsEntriesToolsExec {
  readonly host?: 'auto' | 'sandbox' | 'gateway' | 'node' | Reference;
  readonly mode?: 'deny' | 'allowlist' | 'ask' | 'auto' | 'full' | Reference;
  readonly security?: 'deny' | 'allowlist' | 'full' | Reference;
  readonly ask?: 'off' | 'on-miss' | 'always' | Reference;
  readonly node?: string;
  readonly pathPrepend?: readonly string[];
  readonly safeBins?: readonly string[];
  readonly strictInlineEval?: boolean;
  readonly commandHighlighting?: boolean;
  readonly grantExpiryDays?: number;
  readonly safeBinTrustedDirs?: readonly string[];
  readonly safeBinProfiles?: Readonly<Record<string, AgentsEntriesToolsExecSafeBinProfiles>>;
  readonly reviewer?: AgentsEntriesToolsExecReviewer;
  readonly backgroundMs?: number;
  readonly approvalRunningNoticeMs?: number;
  readonly timeoutSeconds?: number;
  readonly cleanupMs?: number;
  readonly notifyOnExit?: boolean;
  readonly notifyOnExitEmptySuccess?: boolean;
  readonly applyPatch?: AgentsEntriesToolsExecApplyPatch;
}

export interface AgentsEntriesToolsGithubGitAuthor {
  readonly name?: string;
  readonly email?: string;
}

export interface AgentsEntriesToolsGithub {
  readonly profileId: string;
  readonly kind?: 'oauth';
  readonly gitAuthor?: AgentsEntriesToolsGithubGitAuthor;
}

export interface AgentsEntriesToolsFs {
  readonly workspaceOnly?: boolean;
}

export interface AgentsEntriesToolsMessageCrossContextMarker {
  readonly enabled?: boolean;
  readonly prefix?: string;
  readonly suffix?: string;
}

export interface AgentsEntriesToolsMessageCrossContext {
  readonly allowWithinProvider?: boolean;
  readonly allowAcrossProviders?: boolean;
  readonly marker?: AgentsEntriesToolsMessageCrossContextMarker;
}

export interface AgentsEntriesToolsMessage {
  readonly crossContext?: AgentsEntriesToolsMessageCrossContext;
  readonly actions?: AgentsDefaultsModelPolicy;
  readonly broadcast?: DiagnosticsCacheTrace;
}

export interface AgentsEntriesToolsSandbox {
  readonly tools?: AgentsEntriesToolsToolsBySender;
}

export interface ToolsMediaModelsRequest {
  readonly headers?: Readonly<Record<string, ModelsProvidersApiKey>>;
  readonly auth?: ModelsProvidersRequestAuth;
  readonly proxy?: ModelsProvidersRequestProxy;
  readonly tls?: ModelsProvidersRequestProxy2Tls;
}

export interface ToolsMediaImageScopeRulesMatch {
  readonly channel?: string;
  readonly chatType?: 'direct' | 'group' | 'channel' | Reference;
  readonly keyPrefix?: string;
  readonly rawKeyPrefix?: string;
}

export interface ToolsMediaImageScopeRules {
  readonly action: 'allow' | 'deny' | Reference;
  readonly match?: ToolsMediaImageScopeRulesMatch;
}

export interface ToolsMediaImageScope {
  readonly default?: 'allow' | 'deny' | Reference;
  readonly rules?: readonly ToolsMediaImageScopeRules[];
}

export interface ToolsMediaImageAttachments {
  readonly mode?: 'first' | 'all' | Reference;
  readonly maxAttachments?: number;
  readonly prefer?: 'first' | 'last' | 'path' | 'url' | Reference;
}

export interface ToolsMediaImage {
  readonly enabled?: boolean;
  readonly preferredModel?: string;
  readonly scope?: ToolsMediaImageScope;
  readonly maxBytes?: number;
  readonly maxChars?: number;
  readonly prompt?: string;
  readonly timeoutSeconds?: number;
  readonly language?: string;
  readonly providerOptions?: Readonly<Record<string, Readonly<Record<string, NodeHostMcpServersEnv>>>>;
  readonly baseUrl?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly request?: ToolsMediaModelsRequest;
  readonly attachments?: ToolsMediaImageAttachments;
}

export interface BindingsMatchPeer {
  readonly kind: 'direct' | 'group' | 'channel' | Reference;
  readonly id: string;
}

export interface BindingsMatch {
  readonly channel: string;
  readonly accountId?: string;
  readonly peer?: BindingsMatchPeer;
  readonly guildId?: string;
  readonly teamId?: string;
  readonly roles?: readonly string[];
}

export type MessagesVisibleReplies = 'automatic' | 'message_tool' | Reference | boolean;

export type MessagesUsageTemplate = string | Readonly<Record<string, unknown>>;

export interface Tts {
  readonly auto?: 'off' | 'always' | 'inbound' | 'tagged' | Reference;
  readonly enabled?: boolean;
  readonly mode?: 'final' | 'all' | Reference;
  readonly provider?: string;
  readonly persona?: string;
  readonly personas?: Readonly<Record<string, AgentsEntriesTtsPersonas>>;
  readonly summaryModel?: string;
  readonly modelOverrides?: AgentsEntriesTtsModelOverrides;
  readonly providers?: Readonly<Record<string, AgentsEntriesTtsPersonasProviders>>;
  readonly maxTextLength?: number;
  readonly timeoutMs?: number;
}

export interface ApprovalsExecTargets {
  readonly channel: string;
  readonly to: string;
  readonly accountId?: string;
  readonly threadId?: AgentsDefaultsSandboxDockerMemory;
}

export interface ApprovalsExec {
  readonly enabled?: boolean;
  readonly mode?: 'session' | 'targets' | 'both' | Reference;
  readonly agentFilter?: readonly string[];
  readonly sessionFilter?: readonly string[];
  readonly targets?: readonly ApprovalsExecTargets[];
}

export interface SessionReset {
  readonly mode?: 'none' | 'daily' | 'idle' | Reference;
  readonly atHour?: number;
  readonly idleMinutes?: number;
}

export interface SessionThreadBindings {
  readonly enabled?: boolean;
  readonly idleHours?: number;
  readonly maxAgeHours?: number;
  readonly spawnSessions?: boolean;
  readonly defaultSpawnContext?: 'isolated' | 'fork' | Reference;
}

export type SessionMaintenancePreserveRecent = false | string | number;

export type CronSessionRetention = false | string;

export interface ChannelsDefaultsHeartbeatVisibility {
  readonly showOk?: boolean;
  readonly showAlerts?: boolean;
  readonly useIndicator?: boolean;
}

export interface ChannelsDefaultsBotLoopProtection {
  readonly enabled?: boolean;
  readonly maxEventsPerWindow?: number;
  readonly windowSeconds?: number;
  readonly cooldownSeconds?: number;
}

export interface ChannelsDefaultsImplicitMentions {
  readonly replyToBot?: boolean;
  readonly quotedBot?: boolean;
  readonly threadParticipation?: boolean;
}

export interface ChannelsBuzzMarkdown {
  readonly tables?: 'off' | 'bullets' | 'code' | 'block' | Reference;
}

export type ChannelsBuzzPrivateKey =
  string | ModelsProvidersApiKey2 | ModelsProvidersApiKey5 | ModelsProvidersApiKey3 | ModelsProvidersApiKey4;

export interface ChannelsBuzzGroups {
  readonly enabled?: boolean;
  readonly requireMention?: boolean;
  readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
  readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
}

export type ChannelsClickclackAllowBots = 'mentions' | boolean;

export interface ChannelsClickclackGroups {
  readonly requireMention?: boolean;
  readonly mentionPatterns?: readonly string[];
  readonly allowBots?: ChannelsClickclackAllowBots;
  readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
}

export interface ChannelsClickclackDiscussions {
  readonly enabled?: boolean;
  readonly workspace?: string;
  readonly controlUrlBase?: string;
  readonly section?: string;
}

export interface ChannelsDiscordMentionPatterns {
  readonly mode?: 'allow' | 'deny' | Reference;
  readonly allowIn?: readonly string[];
  readonly denyIn?: readonly string[];
}

export interface ChannelsDiscordDms {
  readonly historyLimit?: number;
}

export interface ChannelsDiscordStreamingPreview {
  readonly chunk?: AgentsDefaultsBlockStreamingChunk;
  readonly toolProgress?: boolean;
  readonly commandText?: 'raw' | 'status' | Reference;
}

export interface ChannelsDiscordStreamingProgress {
  readonly label?: CronSessionRetention;
  readonly labels?: readonly string[];
  readonly maxLines?: number;
  readonly maxLineChars?: number;
  readonly toolProgress?: boolean;
  readonly commandText?: 'raw' | 'status' | Reference;
  readonly commentary?: boolean;
  readonly narration?: boolean;
}

export interface ChannelsDiscordStreamingBlock {
  readonly enabled?: boolean;
  readonly coalesce?: AgentsDefaultsBlockStreamingCoalesce;
}

export interface ChannelsDiscordStreaming {
  readonly mode?: 'off' | 'partial' | 'block' | 'progress' | Reference;
  readonly chunkMode?: 'length' | 'newline' | Reference;
  readonly preview?: ChannelsDiscordStreamingPreview;
  readonly progress?: ChannelsDiscordStreamingProgress;
  readonly block?: ChannelsDiscordStreamingBlock;
}

export interface ChannelsDiscordCommands {
  readonly native?: AgentsDefaultsFastModeDefault;
  readonly nativeSkills?: AgentsDefaultsFastModeDefault;
}

export interface ChannelsDiscordActivities {
  readonly clientSecret?: string;
  readonly applicationId?: string;
}

export interface ChannelsDiscordActions {
  readonly reactions?: boolean;
  readonly stickers?: boolean;
  readonly emojiUploads?: boolean;
  readonly stickerUploads?: boolean;
  readonly polls?: boolean;
  readonly permissions?: boolean;
  readonly messages?: boolean;
  readonly threads?: boolean;
  readonly pins?: boolean;
  readonly search?: boolean;
  readonly memberInfo?: boolean;
  readonly roleInfo?: boolean;
  readonly roles?: boolean;
  readonly channelInfo?: boolean;
  readonly voiceStatus?: boolean;
  readonly events?: boolean;
  readonly moderation?: boolean;
  readonly channels?: boolean;
  readonly presence?: boolean;
}

export interface ChannelsDiscordThread {
  readonly inheritParent?: boolean;
}

export interface ChannelsDiscordDm {
  readonly enabled?: boolean;
  readonly groupEnabled?: boolean;
  readonly groupChannels?: readonly string[];
}

export interface ChannelsDiscordGuildsPresenceEvents {
  readonly enabled?: boolean;
  readonly channelId: string;
  readonly users?: readonly string[];
  readonly reconnectSuppressSeconds?: number;
  readonly burstLimit?: number;
  readonly burstWindowSeconds?: number;
}

export interface ChannelsDiscordGuildsChannels {
  readonly requireMention?: boolean;
  readonly tools?: AgentsEntriesToolsToolsBySender;
  readonly toolsBySender?: Readonly<Record<string, AgentsEntriesToolsToolsBySender>>;
  readonly skills?: readonly string[];
  readonly enabled?: boolean;
  readonly systemPrompt?: string;
  readonly ignoreOtherMentions?: boolean;
  readonly users?: readonly string[];
  readonly roles?: readonly string[];
  readonly includeThreadStarter?: boolean;
  readonly autoThread?: boolean;
  readonly autoThreadName?: 'message' | 'generated' | Reference;
  readonly autoArchiveDuration?: '60' | '1440' | '4320' | '10080' | 60 | 1440 | 4320 | 10080 | Reference;
}

export interface ChannelsDiscordGuilds {
  readonly requireMention?: boolean;
  readonly tools?: AgentsEntriesToolsToolsBySender;
  readonly toolsBySender?: Readonly<Record<string, AgentsEntriesToolsToolsBySender>>;
  readonly slug?: string;
  readonly ignoreOtherMentions?: boolean;
  readonly reactionNotifications?: 'off' | 'own' | 'all' | 'allowlist' | Reference;
  readonly users?: readonly string[];
  readonly roles?: readonly string[];
  readonly presenceEvents?: ChannelsDiscordGuildsPresenceEvents;
  readonly channels?: Readonly<Record<string, ChannelsDiscordGuildsChannels>>;
}

export interface ChannelsDiscordExecApprovals {
  readonly enabled?: AgentsDefaultsFastModeDefault;
  readonly approvers?: readonly string[];
  readonly agentFilter?: readonly string[];
  readonly sessionFilter?: readonly string[];
  readonly target?: 'dm' | 'channel' | 'both' | Reference;
  readonly cleanupAfterResolve?: boolean;
}

export interface ChannelsDiscordAgentComponents {
  readonly enabled?: boolean;
  readonly ttlMs?: number;
}

export interface ChannelsDiscordSlashCommand {
  readonly ephemeral?: boolean;
}

export interface ChannelsDiscordIntents {
  readonly messageContent?: boolean;
  readonly presence?: boolean;
  readonly guildMembers?: boolean;
  readonly voiceStates?: boolean;
}

export interface ChannelsDiscordVoiceAgentSession {
  readonly mode?: 'voice' | 'target' | Reference;
  readonly target?: string;
}

export interface ChannelsDiscordVoiceRealtime {
  readonly provider?: string;
  readonly model?: string;
  readonly speakerVoice?: string;
  readonly speakerVoiceId?: string;
  readonly instructions?: string;
  readonly toolPolicy?: 'safe-read-only' | 'owner' | 'none' | Reference;
  readonly consultPolicy?: 'auto' | 'always' | Reference;
  readonly requireWakeName?: boolean;
  readonly wakeNames?: readonly string[];
  readonly bootstrapContextFiles?: readonly ('IDENTITY.md' | 'USER.md' | 'SOUL.md' | Reference)[];
  readonly bargeIn?: boolean;
  readonly minBargeInAudioEndMs?: number;
  readonly debounceMs?: number;
  readonly providers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface ChannelsDiscordVoiceAutoJoin {
  readonly guildId: string;
  readonly channelId: string;
  readonly whenOccupied?: boolean;
}

export interface ChannelsDiscordVoiceAllowedChannels {
  readonly guildId: string;
  readonly channelId: string;
}

export interface ChannelsDiscordVoice {
  readonly enabled?: boolean;
  readonly mode?: 'stt-tts' | 'agent-proxy' | 'bidi' | Reference;
  readonly agentSession?: ChannelsDiscordVoiceAgentSession;
  readonly model?: string;
  readonly realtime?: ChannelsDiscordVoiceRealtime;
  readonly autoJoin?: readonly ChannelsDiscordVoiceAutoJoin[];
  readonly followUsersEnabled?: boolean;
  readonly followUsers?: readonly string[];
  readonly allowedChannels?: readonly ChannelsDiscordVoiceAllowedChannels[];
  readonly daveEncryption?: boolean;
  readonly decryptionFailureTolerance?: number;
  readonly connectTimeoutMs?: number;
  readonly reconnectGraceMs?: number;
  readonly captureSilenceGraceMs?: number;
  readonly tts?: Tts;
}

export interface ChannelsDiscordPluralkit {
  readonly enabled?: boolean;
  readonly token?: ChannelsBuzzPrivateKey;
}

export interface ChannelsDiscordAutoPresence {
  readonly enabled?: boolean;
  readonly intervalMs?: number;
  readonly minUpdateIntervalMs?: number;
}

export interface ChannelsDiscordInboundWorker {
  readonly runTimeoutMs?: number;
}

export type ChannelsFeishuDomain = string;

export interface ChannelsFeishuMarkdown {
  readonly mode?: 'native' | 'escape' | 'strip' | Reference;
  readonly tableMode?: 'native' | 'ascii' | 'simple' | Reference;
}

export interface ChannelsFeishuGroups {
  readonly requireMention?: boolean;
  readonly tools?: AgentsDefaultsContextPruningTools;
  readonly skills?: readonly string[];
  readonly enabled?: boolean;
  readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
  readonly systemPrompt?: string;
  readonly groupSessionScope?: 'group' | 'group_sender' | 'group_topic' | 'group_topic_sender' | Reference;
  readonly topicSessionMode?: 'disabled' | 'enabled' | Reference;
  readonly replyInThread?: 'disabled' | 'enabled' | Reference;
}

export interface ChannelsFeishuDms {
  readonly enabled?: boolean;
  readonly systemPrompt?: string;
}

export interface ChannelsFeishuHeartbeatVisibility {
  readonly visibility?: 'visible' | 'hidden' | Reference;
  readonly intervalMs?: number;
}

export interface ChannelsFeishuStreaming {
  readonly mode?: 'off' | 'partial' | Reference;
  readonly chunkMode?: 'length' | 'newline' | Reference;
  readonly block?: ChannelsDiscordStreamingBlock;
}

export interface ChannelsFeishuTools {
  readonly doc?: boolean;
  readonly chat?: boolean;
  readonly wiki?: boolean;
  readonly drive?: boolean;
  readonly perm?: boolean;
  readonly scopes?: boolean;
  readonly bitable?: boolean;
}

export interface ChannelsFeishuActions {
  readonly reactions?: boolean;
  readonly sticker?: boolean;
}

export interface ChannelsFeishuTts {
  readonly auto?: 'off' | 'always' | 'inbound' | 'tagged' | Reference;
  readonly enabled?: boolean;
  readonly mode?: 'final' | 'all' | Reference;
  readonly provider?: string;
  readonly persona?: string;
  readonly personas?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly summaryModel?: string;
  readonly modelOverrides?: Readonly<Record<string, unknown>>;
  readonly providers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly prefsPath?: string;
  readonly maxTextLength?: number;
  readonly timeoutMs?: number;
}

export interface ChannelsGooglechatStreaming {
  readonly chunkMode?: 'length' | 'newline' | Reference;
  readonly block?: ChannelsDiscordStreamingBlock;
}

export interface ChannelsGooglechatGroups {
  readonly enabled?: boolean;
  readonly requireMention?: boolean;
  readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
  readonly users?: readonly AgentsDefaultsSandboxDockerMemory[];
  readonly systemPrompt?: string;
}

export type ChannelsGooglechatServiceAccount =
  | string
  | Readonly<Record<string, unknown>>
  | ModelsProvidersApiKey2
  | ModelsProvidersApiKey3
  | ModelsProvidersApiKey4
  | ModelsProvidersApiKey5;

export interface ChannelsImessageActions {
  readonly reactions?: boolean;
  readonly edit?: boolean;
  readonly unsend?: boolean;
  readonly reply?: boolean;
  readonly sendWithEffect?: boolean;
  readonly renameGroup?: boolean;
  readonly setGroupIcon?: boolean;
  readonly addParticipant?: boolean;
  readonly removeParticipant?: boolean;
  readonly leaveGroup?: boolean;
  readonly sendAttachment?: boolean;
  readonly polls?: boolean;
}

export interface ChannelsImessageCatchup {
  readonly enabled?: boolean;
  readonly maxAgeMinutes?: number;
  readonly perRunLimit?: number;
  readonly firstRunLookbackMinutes?: number;
  readonly maxFailureRetries?: number;
}

export interface ChannelsImessageGroups {
  readonly requireMention?: boolean;
  readonly tools?: AgentsEntriesToolsToolsBySender;
  readonly toolsBySender?: Readonly<Record<string, AgentsEntriesToolsToolsBySender>>;
  readonly systemPrompt?: string;
}

export interface ChannelsIrcNickserv {
  readonly enabled?: boolean;
  readonly service?: string;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly register?: boolean;
  readonly registerEmail?: string;
}

export interface ChannelsIrcGroups {
  readonly requireMention?: boolean;
  readonly tools?: AgentsEntriesToolsToolsBySender;
  readonly toolsBySender?: Readonly<Record<string, AgentsEntriesToolsToolsBySender>>;
  readonly skills?: readonly string[];
  readonly enabled?: boolean;
  readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
  readonly systemPrompt?: string;
}

export interface ChannelsLineThreadBindings {
  readonly enabled?: boolean;
  readonly idleHours?: number;
  readonly maxAgeHours?: number;
  readonly spawnSessions?: boolean;
  readonly defaultSpawnContext?: 'isolated' | 'fork' | Reference;
}

export interface ChannelsLineGroups {
  readonly requireMention?: boolean;
  readonly skills?: readonly string[];
  readonly enabled?: boolean;
  readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
  readonly systemPrompt?: string;
}

export interface ChannelsMatrixNetwork {
  readonly dangerouslyAllowPrivateNetwork?: boolean;
}

export interface ChannelsMatrixStreamingProgress {
  readonly label?: CronSessionRetention;
  readonly labels?: readonly string[];
  readonly maxLines?: number;
  readonly maxLineChars?: number;
  readonly toolProgress?: boolean;
  readonly commandText?: 'raw' | 'status' | Reference;
}

export interface ChannelsMatrixExecApprovals {
  readonly enabled?: AgentsDefaultsFastModeDefault;
  readonly approvers?: readonly AgentsDefaultsSandboxDockerMemory[];
  readonly agentFilter?: readonly string[];
  readonly sessionFilter?: readonly string[];
  readonly target?: 'dm' | 'channel' | 'both' | Reference;
}

export interface ChannelsMatrixGroups {
  readonly requireMention?: boolean;
  readonly tools?: AgentsEntriesToolsToolsBySender;
  readonly skills?: readonly string[];
  readonly enabled?: boolean;
  readonly systemPrompt?: string;
  readonly account?: string;
  readonly allowBots?: ChannelsClickclackAllowBots;
  readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
  readonly autoReply?: boolean;
  readonly users?: readonly AgentsDefaultsSandboxDockerMemory[];
}

export interface ChannelsMattermostStreamingPreview {
  readonly toolProgress?: boolean;
  readonly commandText?: 'raw' | 'status' | Reference;
}

export interface ChannelsMattermostStreaming {
  readonly mode?: 'off' | 'partial' | 'block' | 'progress' | Reference;
  readonly chunkMode?: 'length' | 'newline' | Reference;
  readonly preview?: ChannelsMattermostStreamingPreview;
  readonly progress?: ChannelsMatrixStreamingProgress;
  readonly block?: ChannelsDiscordStreamingBlock;
}

export interface ChannelsMattermostReplyToModeByChatType {
  readonly direct?: 'off' | 'first' | 'all' | 'batched' | Reference;
  readonly group?: 'off' | 'first' | 'all' | 'batched' | Reference;
  readonly channel?: 'off' | 'first' | 'all' | 'batched' | Reference;
}

export interface ChannelsMattermostActions {
  readonly messages?: boolean;
  readonly reactions?: boolean;
}

export interface ChannelsMattermostCommands {
  readonly native?: AgentsDefaultsFastModeDefault;
  readonly nativeSkills?: AgentsDefaultsFastModeDefault;
  readonly callbackPath?: string;
  readonly callbackUrl?: string;
}

export interface ChannelsMattermostInteractions {
  readonly callbackBaseUrl?: string;
  readonly allowedSourceIps?: readonly string[];
}

export interface ChannelsMattermostGroups {
  readonly requireMention?: boolean;
}

export interface ChannelsMattermostDmChannelRetry {
  readonly maxRetries?: number;
  readonly initialDelayMs?: number;
  readonly maxDelayMs?: number;
  readonly timeoutMs?: number;
}

export interface ChannelsNextcloudTalkRooms {
  readonly requireMention?: boolean;
  readonly tools?: AgentsEntriesToolsToolsBySender;
  readonly skills?: readonly string[];
  readonly enabled?: boolean;
  readonly allowFrom?: readonly string[];
  readonly systemPrompt?: string;
}

export interface ChannelsQaChannelGroups {
  readonly requireMention?: boolean;
  readonly tools?: AgentsEntriesToolsToolsBySender;
  readonly toolsBySender?: Readonly<Record<string, AgentsEntriesToolsToolsBySender>>;
}

export interface ChannelsQaChannelActions {
  readonly messages?: boolean;
  readonly reactions?: boolean;
  readonly search?: boolean;
  readonly threads?: boolean;
}

export interface ChannelsReefGuardRules {
  readonly outbound?: string;
  readonly inbound?: string;
}

export interface ChannelsSignalTransport2 {
  readonly kind: 'managed-native';
  readonly configPath?: string;
  readonly socketPath?: string;
  readonly url?: string;
  readonly httpHost?: string;
  readonly httpPort?: number;
  readonly cliPath?: string;
  readonly startupTimeoutMs?: number;
  readonly receiveMode?: 'on-start' | 'manual' | Reference;
  readonly ignoreStories?: boolean;
}

export interface ChannelsSignalTransport3 {
  readonly kind: 'external-native';
  readonly url: string;
}

export interface ChannelsSignalTransport4 {
  readonly kind: 'container';
  readonly url: string;
}

export type ChannelsSignalTransport =
  ChannelsSignalTransport2 | ChannelsSignalTransport3 | ChannelsSignalTransport4;

export interface ChannelsSignalGroups {
  readonly requireMention?: boolean;
  readonly tools?: AgentsEntriesToolsToolsBySender;
  readonly toolsBySender?: Readonly<Record<string, AgentsEntriesToolsToolsBySender>>;
  readonly ingest?: boolean;
}

export interface ChannelsSignalReplyToModeByChatType {
  readonly direct?: 'off' | 'first' | 'all' | 'batched' | Reference;
  readonly group?: 'off' | 'first' | 'all' | 'batched' | Reference;
}

export interface ChannelsSignalActions {
  readonly reactions?: boolean;
}

export interface ChannelsSlackStreamingProgress {
  readonly label?: CronSessionRetention;
  readonly labels?: readonly string[];
  readonly maxLines?: number;
  readonly maxLineChars?: number;
  readonly toolProgress?: boolean;
  readonly commandText?: 'raw' | 'status' | Reference;
  readonly commentary?: boolean;
  readonly narration?: boolean;
  readonly style?: 'card' | 'compact' | Reference;
  readonly nativeTaskCards?: boolean;
}

export interface ChannelsSlackStreaming {
  readonly mode?: 'off' | 'partial' | 'block' | 'progress' | Reference;
  readonly chunkMode?: 'length' | 'newline' | Reference;
  readonly preview?: ChannelsDiscordStreamingPreview;
  readonly progress?: ChannelsSlackStreamingProgress;
  readonly block?: ChannelsDiscordStreamingBlock;
  readonly nativeTransport?: boolean;
}

export interface ChannelsSlackRelay {
  readonly url?: string;
  readonly authToken?: ChannelsBuzzPrivateKey;
  readonly gatewayId?: string;
}

export interface ChannelsSlackThread {
  readonly historyScope?: 'thread' | 'channel' | Reference;
  readonly inheritParent?: boolean;
  readonly initialHistoryLimit?: number;
}

export interface ChannelsSlackPresenceEvents {
  readonly mode?: 'off' | 'auto' | 'on' | Reference;
  readonly prompt?: string;
}

export interface ChannelsSlackActions {
  readonly reactions?: boolean;
  readonly messages?: boolean;
  readonly pins?: boolean;
  readonly search?: boolean;
  readonly permissions?: boolean;
  readonly memberInfo?: boolean;
  readonly channelInfo?: boolean;
  readonly emojiList?: boolean;
}

export interface ChannelsSlackSlashCommand {
  readonly enabled?: boolean;
  readonly name?: string;
  readonly sessionPrefix?: string;
  readonly ephemeral?: boolean;
}

export interface ChannelsSlackDm {
  readonly enabled?: boolean;
  readonly groupEnabled?: boolean;
  readonly groupChannels?: readonly AgentsDefaultsSandboxDockerMemory[];
}

export interface ChannelsSlackChannels {
  readonly requireMention?: boolean;
  readonly tools?: AgentsEntriesToolsToolsBySender;
  readonly toolsBySender?: Readonly<Record<string, AgentsEntriesToolsToolsBySender>>;
  readonly skills?: readonly string[];
  readonly enabled?: boolean;
  readonly systemPrompt?: string;
  readonly ignoreOtherMentions?: boolean;
  readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
  readonly allowBots?: ChannelsClickclackAllowBots;
  readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
  readonly users?: readonly AgentsDefaultsSandboxDockerMemory[];
  readonly presenceEvents?: ChannelsSlackPresenceEvents;
}

export interface ChannelsTelegramCapabilities2 {
  readonly inlineButtons?: 'off' | 'dm' | 'group' | 'all' | 'allowlist' | Reference;
}

export type ChannelsTelegramCapabilities = readonly string[] | ChannelsTelegramCapabilities2;

export interface ChannelsTelegramCustomCommands {
  readonly command: string;
  readonly description: string;
}

export interface ChannelsTelegramGroupsTopics {
  readonly requireMention?: boolean;
  readonly ingest?: boolean;
  readonly disableAudioPreflight?: boolean;
  readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
  readonly skills?: readonly string[];
  readonly enabled?: boolean;
  readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
  readonly systemPrompt?: string;
  readonly agentId?: string;
  readonly errorPolicy?: 'always' | 'once' | 'silent' | Reference;
}

export interface ChannelsTelegramGroups {
  readonly requireMention?: boolean;
  readonly tools?: AgentsEntriesToolsToolsBySender;
  readonly toolsBySender?: Readonly<Record<string, AgentsEntriesToolsToolsBySender>>;
  readonly skills?: readonly string[];
  readonly enabled?: boolean;
  readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
  readonly systemPrompt?: string;
  readonly ingest?: boolean;
  readonly disableAudioPreflight?: boolean;
  readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
  readonly topics?: Readonly<Record<string, ChannelsTelegramGroupsTopics>>;
  readonly errorPolicy?: 'always' | 'once' | 'silent' | Reference;
}

export interface ChannelsTelegramDirectAutoTopicLabel2 {
  readonly enabled?: boolean;
  readonly prompt?: string;
}

export type ChannelsTelegramDirectAutoTopicLabel = boolean | ChannelsTelegramDirectAutoTopicLabel2;

export interface ChannelsTelegramDirect {
  readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
  readonly tools?: AgentsEntriesToolsToolsBySender;
  readonly toolsBySender?: Readonly<Record<string, AgentsEntriesToolsToolsBySender>>;
  readonly skills?: readonly string[];
  readonly enabled?: boolean;
  readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
  readonly systemPrompt?: string;
  readonly topics?: Readonly<Record<string, ChannelsTelegramGroupsTopics>>;
  readonly errorPolicy?: 'always' | 'once' | 'silent' | Reference;
  readonly requireTopic?: boolean;
  readonly autoTopicLabel?: ChannelsTelegramDirectAutoTopicLabel;
}

export interface ChannelsTelegramNetwork {
  readonly autoSelectFamily?: boolean;
  readonly dnsResultOrder?: 'ipv4first' | 'verbatim' | Reference;
  readonly dangerouslyAllowPrivateNetwork?: boolean;
}

export interface ChannelsTelegramActions {
  readonly reactions?: boolean;
  readonly sendMessage?: boolean;
  readonly poll?: boolean;
  readonly deleteMessage?: boolean;
  readonly editMessage?: boolean;
  readonly sticker?: boolean;
  readonly createForumTopic?: boolean;
  readonly editForumTopic?: boolean;
}

export type ChannelsTwitchExpiresIn = number | null;

export interface ChannelsWhatsappDirect {
  readonly systemPrompt?: string;
}

export interface ChannelsWhatsappPluginHooks {
  readonly messageReceived?: boolean;
}

export interface ChannelsZalouserGroups {
  readonly requireMention?: boolean;
  readonly tools?: AgentsEntriesToolsToolsBySender;
  readonly enabled?: boolean;
}

export interface TalkProviders {
  readonly apiKey?: ModelsProvidersApiKey;
  readonly [key: string]: unknown;
}

export interface GatewayHttpEndpointsChatCompletionsImages {
  readonly allowUrl?: boolean;
  readonly urlAllowlist?: readonly string[];
  readonly allowedMimes?: readonly string[];
  readonly maxBytes?: number;
  readonly maxRedirects?: number;
  readonly timeoutMs?: number;
}

export interface PluginsEntriesA2aHooks {
  readonly allowPromptInjection?: boolean;
  readonly allowConversationAccess?: boolean;
  readonly timeoutMs?: number;
  readonly timeouts?: Readonly<Record<string, number>>;
}

export interface PluginsEntriesA2aSubagent {
  readonly allowModelOverride?: boolean;
  readonly allowedModels?: readonly string[];
}

export interface PluginsEntriesA2aLlm {
  readonly allowModelOverride?: boolean;
  readonly allowedModels?: readonly string[];
  readonly allowedCompletionModels?: readonly string[];
  readonly allowAuthProfileOverride?: boolean;
  readonly allowAgentIdOverride?: boolean;
}

export interface PluginsEntriesA2a {
  readonly enabled?: boolean;
  readonly hooks?: PluginsEntriesA2aHooks;
  readonly subagent?: PluginsEntriesA2aSubagent;
  readonly llm?: PluginsEntriesA2aLlm;
  readonly config?: Readonly<Record<string, never>>;
}

export interface PluginsEntriesImapConfigAccountsPassword2 {
  readonly source: 'env' | 'file' | 'exec' | 'store' | Reference;
  readonly provider: string;
  readonly id: string;
}

export type PluginsEntriesImapConfigAccountsPassword = string | PluginsEntriesImapConfigAccountsPassword2;

export interface PluginsEntriesMemoryCoreConfigDreamingExecutionDefaults {
  readonly model?: string;
}

export interface OpenClawConfig {
  readonly $schema?: string;
  readonly meta?: {
    readonly lastTouchedVersion?: string;
    readonly migrations?: {
      readonly modelPolicyAllowlist?: true;
      readonly utilityModelSeparation?: true;
    };
  };
  readonly env?: {
    readonly shellEnv?: {
      readonly enabled?: boolean;
      readonly timeoutMs?: number;
    };
    readonly vars?: Readonly<Record<string, string>>;
  };
  readonly wizard?: {
    readonly accessMode?: 'full' | 'guarded' | Reference;
    readonly appRecommendations?: boolean;
    readonly lastRunAt?: string;
    readonly lastRunVersion?: string;
    readonly lastRunCommit?: string;
    readonly lastRunCommand?: string;
    readonly lastRunMode?: 'local' | 'remote' | Reference;
    readonly securityAcknowledgedAt?: string;
  };
  readonly diagnostics?: {
    readonly enabled?: boolean;
    readonly flags?: readonly string[];
    readonly otel?: {
      readonly enabled?: boolean;
      readonly endpoint?: string;
      readonly tracesEndpoint?: string;
      readonly metricsEndpoint?: string;
      readonly logsEndpoint?: string;
      readonly protocol?: 'http/protobuf';
      readonly headers?: Readonly<Record<string, string>>;
      readonly serviceName?: string;
      readonly metricNamePrefix?: string;
      readonly traces?: boolean;
      readonly metrics?: boolean;
      readonly logs?: boolean;
      readonly logsExporter?: 'otlp' | 'stdout' | 'both' | Reference;
      readonly sampleRate?: number;
      readonly flushIntervalMs?: number;
      readonly captureContent?: boolean;
    };
    readonly cacheTrace?: DiagnosticsCacheTrace;
  };
  readonly logging?: {
    readonly level?: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | Reference;
    readonly file?: string;
    readonly maxFileBytes?: number;
    readonly consoleLevel?: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | Reference;
    readonly consoleStyle?: 'pretty' | 'json' | Reference;
    readonly redactPatterns?: readonly string[];
    readonly audit?: {
      readonly enabled?: boolean;
      readonly executionIdentity?: boolean;
      readonly messages?: 'off' | 'direct' | 'all' | Reference;
    };
  };
  readonly update?: {
    readonly channel?: 'stable' | 'extended-stable' | 'beta' | 'dev' | Reference;
    readonly checkOnStart?: boolean;
    readonly auto?: DiagnosticsCacheTrace;
  };
  readonly telemetry?: {
    readonly enabled?: boolean;
    readonly consentedAt?: string;
  };
  readonly browser?: {
    readonly enabled?: boolean;
    readonly allowSystemProfileImport?: boolean;
    readonly evaluateEnabled?: boolean;
    readonly cdpUrl?: string;
    readonly executablePath?: string;
    readonly headless?: boolean;
    readonly noSandbox?: boolean;
    readonly attachOnly?: boolean;
    readonly defaultProfile?: string;
    readonly snapshotDefaults?: {
      readonly mode?: 'efficient';
    };
    readonly ssrfPolicy?: BrowserSsrfPolicy;
    readonly profiles?: Readonly<
      Record<
        string,
        {
          readonly cdpPort?: number;
          readonly cdpUrl?: string;
          readonly userDataDir?: string;
          readonly mcpCommand?: string;
          readonly mcpArgs?: readonly string[];
          readonly driver?: 'openclaw' | 'clawd' | 'existing-session' | 'extension' | Reference;
          readonly headless?: boolean;
          readonly executablePath?: string;
          readonly attachOnly?: boolean;
        }
      >
    >;
    readonly extraArgs?: readonly string[];
    readonly tabCleanup?: DiagnosticsCacheTrace;
    readonly extensionRelay?: {
      readonly allowLegacyAuth?: boolean;
    };
  };
  readonly ui?: {
    readonly seamColor?: string;
    readonly prefs?: {
      readonly theme?:
        | 'claw'
        | 'knot'
        | 'dash'
        | 'absolutely'
        | 'tide'
        | 'beacon'
        | 'phosphor'
        | 'crt'
        | 'manuscript'
        | 'rose'
        | 'miami'
        | 'custom'
        | Reference;
      readonly themeMode?: 'light' | 'dark' | 'system' | Reference;
      readonly accent?: string;
      readonly locale?: string;
      readonly chatShowThinking?: boolean;
      readonly chatShowToolCalls?: boolean;
      readonly chatPersistCommentary?: boolean;
      readonly chatSendShortcut?: 'enter' | 'modifier-enter' | Reference;
      readonly chatFollowUpMode?: 'steer' | 'queue' | Reference;
      readonly sidebarEntries?: readonly string[];
    };
  };
  readonly secrets?: {
    readonly egressProxy?: {
      readonly enabled?: boolean;
      readonly allowedHosts?: readonly string[];
      readonly bypassHosts?: readonly string[];
    };
    readonly providers?: Readonly<
      Record<
        string,
        | {
            readonly source: 'env';
            readonly allowlist?: readonly string[];
          }
        | {
            readonly source: 'file';
            readonly path: string;
            readonly mode?: 'singleValue' | 'json' | Reference;
            readonly timeoutMs?: number;
            readonly maxBytes?: number;
          }
        | {
            readonly source: 'exec';
            readonly command: string;
            readonly args?: readonly string[];
            readonly timeoutMs?: number;
            readonly noOutputTimeoutMs?: number;
            readonly maxOutputBytes?: number;
            readonly jsonOnly?: boolean;
            readonly env?: Readonly<Record<string, string>>;
            readonly passEnv?: readonly string[];
            readonly trustedDirs?: readonly string[];
          }
        | {
            readonly source: 'exec';
            readonly pluginIntegration: {
              readonly pluginId: string;
              readonly integrationId: string;
            };
          }
        | {
            readonly source: 'store';
          }
      >
    >;
    readonly defaults?: {
      readonly env?: string;
      readonly file?: string;
      readonly exec?: string;
      readonly store?: string;
    };
  };
  readonly auth?: {
    readonly profiles?: Readonly<
      Record<
        string,
        {
          readonly provider: string;
          readonly mode: 'api_key' | 'aws-sdk' | 'oauth' | 'token' | Reference;
          readonly email?: string;
          readonly displayName?: string;
        }
      >
    >;
    readonly order?: Readonly<Record<string, readonly string[]>>;
  };
  readonly accessGroups?: Readonly<
    Record<
      string,
      | {
          readonly type: 'discord.channelAudience';
          readonly guildId: string;
          readonly channelId: string;
          readonly membership?: 'canViewChannel';
        }
      | {
          readonly type: 'message.senders';
          readonly members: Readonly<Record<string, readonly string[]>>;
        }
    >
  >;
  readonly acp?: {
    readonly enabled?: boolean;
    readonly dispatch?: DiagnosticsCacheTrace;
    readonly backend?: string;
    readonly fallbacks?: readonly string[];
    readonly defaultAgent?: string;
    readonly allowedAgents?: readonly string[];
    readonly stream?: {
      readonly repeatSuppression?: boolean;
      readonly deliveryMode?: 'live' | 'final_only' | Reference;
      readonly tagVisibility?: Readonly<Record<string, boolean>>;
    };
    readonly runtime?: {
      readonly installCommand?: string;
    };
  };
  readonly models?: {
    readonly mode?: 'merge' | 'replace' | Reference;
    readonly providers?: Readonly<
      Record<
        string,
        {
          readonly baseUrl?: string;
          readonly apiKey?: ModelsProvidersApiKey;
          readonly auth?: 'api-key' | 'aws-sdk' | 'oauth' | 'token' | Reference;
          readonly api?:
            | 'openai-completions'
            | 'openai-responses'
            | 'openai-chatgpt-responses'
            | 'anthropic-messages'
            | 'google-generative-ai'
            | 'google-vertex'
            | 'github-copilot'
            | 'bedrock-converse-stream'
            | 'ollama'
            | 'pi-messages'
            | 'azure-openai-responses'
            | Reference;
          readonly maxTokens?: number;
          readonly timeoutSeconds?: number;
          readonly region?: string;
          readonly injectNumCtxForOpenAICompat?: boolean;
          readonly params?: Readonly<Record<string, unknown>>;
          readonly agentRuntime?: ModelsProvidersAgentRuntime;
          readonly localService?: {
            readonly command: string;
            readonly args?: readonly string[];
            readonly cwd?: string;
            readonly env?: Readonly<Record<string, string>>;
            readonly healthUrl?: string;
            readonly readyTimeoutMs?: number;
            readonly idleStopMs?: number;
          };
          readonly headers?: Readonly<Record<string, ModelsProvidersApiKey>>;
          readonly authHeader?: boolean;
          readonly request?: {
            readonly headers?: Readonly<Record<string, ModelsProvidersApiKey>>;
            readonly auth?: ModelsProvidersRequestAuth;
            readonly proxy?: ModelsProvidersRequestProxy;
            readonly tls?: ModelsProvidersRequestProxy2Tls;
            readonly allowPrivateNetwork?: boolean;
          };
          readonly models?: readonly {
            readonly id: string;
            readonly name: string;
            readonly api?:
              | 'openai-completions'
              | 'openai-responses'
              | 'openai-chatgpt-responses'
              | 'anthropic-messages'
              | 'google-generative-ai'
              | 'google-vertex'
              | 'github-copilot'
              | 'bedrock-converse-stream'
              | 'ollama'
              | 'pi-messages'
              | 'azure-openai-responses'
              | Reference;
            readonly baseUrl?: string;
            readonly reasoning?: boolean;
            readonly input?: readonly ('text' | 'image' | 'video' | 'audio' | Reference)[];
            readonly cost?: {
              readonly input?: number;
              readonly output?: number;
              readonly cacheRead?: number;
              readonly cacheWrite?: number;
              readonly tieredPricing?: readonly {
                readonly input: number;
                readonly output: number;
                readonly cacheRead: number;
                readonly cacheWrite: number;
                readonly range: readonly [number, number] | readonly [number];
              }[];
            };
            readonly contextWindow?: number;
            readonly contextTokens?: number;
            readonly maxTokens?: number;
            readonly thinkingLevelMap?: {
              readonly off?: ModelsProvidersModelsThinkingLevelMapOff;
              readonly minimal?: ModelsProvidersModelsThinkingLevelMapOff;
              readonly low?: ModelsProvidersModelsThinkingLevelMapOff;
              readonly medium?: ModelsProvidersModelsThinkingLevelMapOff;
              readonly high?: ModelsProvidersModelsThinkingLevelMapOff;
              readonly xhigh?: ModelsProvidersModelsThinkingLevelMapOff;
              readonly max?: ModelsProvidersModelsThinkingLevelMapOff;
            };
            readonly params?: Readonly<Record<string, unknown>>;
            readonly agentRuntime?: ModelsProvidersAgentRuntime;
            readonly headers?: Readonly<Record<string, string>>;
            readonly compat?: {
              readonly supportsStore?: boolean;
              readonly supportsPromptCacheKey?: boolean;
              readonly supportsResponsesContinuation?: boolean;
              readonly supportsDeveloperRole?: boolean;
              readonly supportsReasoningEffort?: boolean;
              readonly supportsTemperature?: boolean;
              readonly supportsInstructions?: boolean;
              readonly supportsUsageInStreaming?: boolean;
              readonly supportsTools?: boolean;
              readonly codeMode?: 'preferred' | 'capable' | Reference;
              readonly supportsStrictMode?: boolean;
              readonly supportsJsonSchemaResponseFormat?: boolean;
              readonly requiresStringContent?: boolean;
              readonly strictMessageKeys?: boolean;
              readonly visibleReasoningDetailTypes?: readonly string[];
              readonly supportedReasoningEfforts?: readonly string[];
              readonly reasoningEffortMap?: Readonly<Record<string, string>>;
              readonly maxTokensField?: 'max_completion_tokens' | 'max_tokens' | Reference;
              readonly thinkingFormat?:
                | 'openai'
                | 'openrouter'
                | 'deepseek'
                | 'together'
                | 'qwen'
                | 'qwen-chat-template'
                | 'zai'
                | Reference;
              readonly requiresToolResultName?: boolean;
              readonly requiresAssistantAfterToolResult?: boolean;
              readonly requiresThinkingAsText?: boolean;
              readonly requiresReasoningContentOnAssistantMessages?: boolean;
              readonly toolSchemaProfile?: string;
              readonly unsupportedToolSchemaKeywords?: readonly string[];
              readonly toolCallArgumentsEncoding?: string;
              readonly requiresOpenAiAnthropicToolPayload?: boolean;
              readonly openRouterRouting?: {
                readonly allow_fallbacks?: boolean;
                readonly require_parameters?: boolean;
                readonly data_collection?: 'deny' | 'allow' | Reference;
                readonly zdr?: boolean;
                readonly enforce_distillable_text?: boolean;
                readonly order?: readonly string[];
                readonly only?: readonly string[];
                readonly ignore?: readonly string[];
                readonly quantizations?: readonly string[];
                readonly sort?:
                  | string
                  | {
                      readonly by?: string;
                      readonly partition?: ModelsProvidersModelsThinkingLevelMapOff;
                    };
                readonly max_price?: {
                  readonly prompt?: ModelsProvidersModelsCompatOpenRouterRoutingMaxPricePrompt;
                  readonly completion?: ModelsProvidersModelsCompatOpenRouterRoutingMaxPricePrompt;
                  readonly image?: ModelsProvidersModelsCompatOpenRouterRoutingMaxPricePrompt;
                  readonly audio?: ModelsProvidersModelsCompatOpenRouterRoutingMaxPricePrompt;
                  readonly request?: ModelsProvidersModelsCompatOpenRouterRoutingMaxPricePrompt;
                };
                readonly preferred_min_throughput?: ModelsProvidersModelsCompatOpenRouterRoutingPreferredMinThroughput;
                readonly preferred_max_latency?: ModelsProvidersModelsCompatOpenRouterRoutingPreferredMinThroughput;
              };
              readonly vercelGatewayRouting?: {
                readonly only?: readonly string[];
                readonly order?: readonly string[];
              };
              readonly zaiToolStream?: boolean;
              readonly cacheControlFormat?: 'anthropic';
              readonly sendSessionAffinityHeaders?: boolean;
              readonly sendSessionIdHeader?: boolean;
              readonly supportsEagerToolInputStreaming?: boolean;
              readonly supportsLongCacheRetention?: boolean;
            };
            readonly mediaInput?: {
              readonly image?: {
                readonly maxBytes?: number;
                readonly maxPixels?: number;
                readonly maxSidePx?: number;
                readonly preferredSidePx?: number;
                readonly tokenMode?: 'tile' | 'detail' | 'provider' | Reference;
              };
            };
            readonly metadataSource?: 'models-add';
          }[];
        }
      >
    >;
    readonly catalogRefresh?: {
      readonly enabled?: boolean;
      readonly url?: string;
    };
  };
  readonly nodeHost?: {
    readonly autoUpdate?: DiagnosticsCacheTrace;
    readonly agentRuns?: {
      readonly claude?: DiagnosticsCacheTrace;
    };
    readonly workerRuns?: {
      readonly enabled?: boolean;
      readonly capacity?: number;
      readonly isolation?: 'none' | 'container' | Reference;
      readonly containerImage?: string;
    };
    readonly browserProxy?: {
      readonly enabled?: boolean;
      readonly allowProfiles?: readonly string[];
    };
    readonly mcp?: {
      readonly servers?: Readonly<Record<string, NodeHostMcpServers>>;
    };
    readonly skills?: DiagnosticsCacheTrace;
  };
  readonly agents?: {
    readonly ownership?: 'explicit';
    readonly defaults?: {
      readonly params?: Readonly<Record<string, unknown>>;
      readonly model?: AgentsDefaultsModel;
      readonly modelSelectionScope?: 'session' | 'agent' | 'global' | Reference;
      readonly utilityModel?: string;
      readonly decisionModel?: string;
      readonly imageModel?: AgentsDefaultsImageModel;
      readonly mediaModels?: {
        readonly image?: AgentsDefaultsImageModel;
        readonly video?: AgentsDefaultsImageModel;
        readonly music?: AgentsDefaultsImageModel;
      };
      readonly voiceModel?: AgentsDefaultsImageModel;
      readonly pdfModel?: AgentsDefaultsImageModel;
      readonly pdfMaxMb?: number;
      readonly pdfMaxPages?: number;
      readonly models?: Readonly<Record<string, AgentsDefaultsModels>>;
      readonly modelPolicy?: AgentsDefaultsModelPolicy;
      readonly workspace?: string;
      readonly cwd?: string;
      readonly skills?: readonly string[];
      readonly silentReply?: AgentsDefaultsSilentReply;
      readonly repoRoot?: string;
      readonly skipBootstrap?: boolean;
      readonly skipOptionalBootstrapFiles?: readonly (
        'SOUL.md' | 'USER.md' | 'HEARTBEAT.md' | 'IDENTITY.md' | Reference
      )[];
      readonly contextInjection?: 'always' | 'continuation-skip' | 'never' | Reference;
      readonly bootstrapMaxChars?: number;
      readonly bootstrapTotalMaxChars?: number;
      readonly experimental?: AgentsDefaultsExperimental;
      readonly userTimezone?: string;
      readonly startupContext?: {
        readonly enabled?: boolean;
        readonly applyOn?: readonly ('new' | 'reset' | Reference)[];
        readonly dailyMemoryDays?: number;
        readonly maxFileBytes?: number;
        readonly maxFileChars?: number;
        readonly maxTotalChars?: number;
      };
      readonly contextPruning?: {
        readonly mode?: 'off' | 'cache-ttl' | Reference;
        readonly ttl?: string;
        readonly tools?: AgentsDefaultsContextPruningTools;
        readonly hardClear?: {
          readonly enabled?: boolean;
          readonly placeholder?: string;
        };
      };
      readonly compaction?: {
        readonly enabled?: boolean;
        readonly mode?: 'default' | 'safeguard' | Reference;
        readonly provider?: string;
        readonly thinkingLevel?:
          | 'off'
          | 'minimal'
          | 'low'
          | 'medium'
          | 'high'
          | 'xhigh'
          | 'adaptive'
          | 'max'
          | 'ultra'
          | 'inherit'
          | Reference;
        readonly keepRecentTokens?: number;
        readonly identifierPolicy?: 'strict' | 'off' | Reference;
        readonly recentTurnsPreserve?: number;
        readonly qualityGuard?: {
          readonly enabled?: boolean;
          readonly maxRetries?: number;
        };
        readonly midTurnPrecheck?: DiagnosticsCacheTrace;
        readonly postIndexSync?: 'off' | 'async' | 'await' | Reference;
        readonly postCompactionSections?: readonly string[];
        readonly model?: string;
        readonly timeoutSeconds?: number;
        readonly memoryFlush?: {
          readonly enabled?: boolean;
          readonly model?: string;
          readonly softThresholdTokens?: number;
          readonly forceFlushTranscriptBytes?: AgentsDefaultsCompactionMemoryFlushForceFlushTranscriptBytes;
        };
        readonly maxActiveTranscriptBytes?: AgentsDefaultsCompactionMemoryFlushForceFlushTranscriptBytes;
        readonly notifyUser?: boolean;
      };
      readonly embeddedAgent?: {
        readonly projectSettingsPolicy?: 'trusted' | 'sanitize' | 'ignore' | Reference;
        readonly executionContract?: 'default' | 'strict-agentic' | Reference;
        readonly cyberFailover?: {
          readonly mode?: 'auto' | 'off' | Reference;
          readonly model?: string;
          readonly cooloffMs?: number;
        };
      };
      readonly thinkingDefault?:
        'off' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'adaptive' | 'max' | 'ultra' | Reference;
      readonly fastModeDefault?: AgentsDefaultsFastModeDefault;
      readonly verboseDefault?: 'off' | 'on' | 'full' | Reference;
      readonly toolProgressDetail?: 'explain' | 'raw' | Reference;
      readonly reasoningDefault?: 'off' | 'on' | 'stream' | Reference;
      readonly elevatedDefault?: 'off' | 'on' | 'ask' | 'full' | Reference;
      readonly blockStreamingDefault?: 'off' | 'on' | Reference;
      readonly blockStreamingBreak?: 'text_end' | 'message_end' | Reference;
      readonly timeoutSeconds?: number;
      readonly mediaMaxMb?: number;
      readonly imageMaxDimensionPx?: number;
      readonly imageQuality?: 'auto' | 'efficient' | 'balanced' | 'high' | Reference;
      readonly typingIntervalSeconds?: number;
      readonly systemAgent?: AgentsDefaultsSystemAgent;
      readonly authInheritance?: AgentsDefaultsSystemAgent;
      readonly sessionStore?: AgentsDefaultsSystemAgent;
      readonly maxConcurrent?: number;
      readonly subagents?: {
        readonly delegationMode?: 'suggest' | 'prefer' | Reference;
        readonly allowAgents?: readonly string[];
        readonly maxConcurrent?: number;
        readonly maxSpawnDepth?: number;
        readonly maxChildrenPerAgent?: number;
        readonly archiveAfterMinutes?: number;
        readonly model?: AgentsDefaultsModel;
        readonly thinking?: string;
        readonly runTimeoutSeconds?: number;
        readonly announceTimeoutMs?: number;
        readonly requireAgentId?: boolean;
      };
      readonly contextLimits?: AgentsDefaultsContextLimits;
      readonly blockStreamingChunk?: AgentsDefaultsBlockStreamingChunk;
      readonly blockStreamingCoalesce?: AgentsDefaultsBlockStreamingCoalesce;
      readonly humanDelay?: AgentsDefaultsHumanDelay;
      readonly typingMode?: 'never' | 'instant' | 'thinking' | 'message' | Reference;
      readonly heartbeat?: {
        readonly every?: string;
        readonly activeHours?: AgentsDefaultsHeartbeatActiveHours;
        readonly model?: string;
        readonly session?: string;
        readonly target?: string;
        readonly directPolicy?: 'allow' | 'block' | Reference;
        readonly to?: string;
        readonly accountId?: string;
        readonly prompt?: string;
        readonly timeoutSeconds?: number;
        readonly lightContext?: boolean;
        readonly isolatedSession?: boolean;
        readonly agentId?: string;
      };
      readonly sandbox?: AgentsDefaultsSandbox;
    };
    readonly entries?: Readonly<
      Record<
        string,
        {
          readonly name?: string;
          readonly description?: string;
          readonly workspace?: string;
          readonly cwd?: string;
          readonly agentDir?: string;
          readonly model?: AgentsDefaultsModel;
          readonly utilityModel?: string;
          readonly decisionModel?: string;
          readonly models?: Readonly<Record<string, AgentsDefaultsModels>>;
          readonly modelPolicy?: AgentsDefaultsModelPolicy;
          readonly thinkingDefault?:
            | 'off'
            | 'minimal'
            | 'low'
            | 'medium'
            | 'high'
            | 'xhigh'
            | 'adaptive'
            | 'max'
            | 'ultra'
            | Reference;
          readonly verboseDefault?: 'off' | 'on' | 'full' | Reference;
          readonly toolProgressDetail?: 'explain' | 'raw' | Reference;
          readonly reasoningDefault?: 'on' | 'off' | 'stream' | Reference;
          readonly fastModeDefault?: AgentsDefaultsFastModeDefault;
          readonly contextInjection?: 'always' | 'continuation-skip' | 'never' | Reference;
          readonly bootstrapMaxChars?: number;
          readonly bootstrapTotalMaxChars?: number;
          readonly experimental?: AgentsDefaultsExperimental;
          readonly skills?: readonly string[];
          readonly subagents?: {
            readonly delegationMode?: 'suggest' | 'prefer' | Reference;
            readonly allowAgents?: readonly string[];
            readonly model?: AgentsDefaultsModel;
            readonly thinking?: string;
            readonly requireAgentId?: boolean;
          };
          readonly embeddedAgent?: {
            readonly executionContract?: 'default' | 'strict-agentic' | Reference;
          };
          readonly params?: Readonly<Record<string, unknown>>;
          readonly runtime?:
            | {
                readonly type: 'embedded';
              }
            | {
                readonly type: 'acp';
                readonly acp?: {
                  readonly agent?: string;
                  readonly backend?: string;
                  readonly mode?: 'persistent' | 'oneshot' | Reference;
                  readonly cwd?: string;
                };
              };
          readonly memory?: {
            readonly search?: AgentsEntriesMemorySearch;
          };
          readonly humanDelay?: AgentsDefaultsHumanDelay;
          readonly typingMode?: 'never' | 'instant' | 'thinking' | 'message' | Reference;
          readonly tts?: {
            readonly auto?: 'off' | 'always' | 'inbound' | 'tagged' | Reference;
            readonly enabled?: boolean;
            readonly mode?: 'final' | 'all' | Reference;
            readonly provider?: string;
            readonly persona?: string;
            readonly personas?: Readonly<Record<string, AgentsEntriesTtsPersonas>>;
            readonly summaryModel?: string;
            readonly modelOverrides?: AgentsEntriesTtsModelOverrides;
            readonly providers?: Readonly<Record<string, AgentsEntriesTtsPersonasProviders>>;
            readonly maxTextLength?: number;
            readonly timeoutMs?: number;
            readonly prefsPath?: string;
          };
          readonly skillsLimits?: {
            readonly maxSkillsPromptChars?: number;
          };
          readonly contextLimits?: AgentsDefaultsContextLimits;
          readonly heartbeat?: {
            readonly every?: string;
            readonly activeHours?: AgentsDefaultsHeartbeatActiveHours;
            readonly model?: string;
            readonly session?: string;
            readonly target?: string;
            readonly directPolicy?: 'allow' | 'block' | Reference;
            readonly to?: string;
            readonly accountId?: string;
            readonly prompt?: string;
            readonly timeoutSeconds?: number;
            readonly lightContext?: boolean;
            readonly isolatedSession?: boolean;
          };
          readonly identity?: {
            readonly name?: string;
            readonly theme?: string;
            readonly emoji?: string;
            readonly avatar?: string;
          };
          readonly groupChat?: {
            readonly mentionPatterns?: readonly string[];
            readonly historyLimit?: number;
            readonly unmentionedInbound?: 'user_request' | 'room_event' | Reference;
          };
          readonly sandbox?: AgentsDefaultsSandbox;
          readonly tools?: {
            readonly profile?: 'minimal' | 'coding' | 'messaging' | 'full' | Reference;
            readonly allow?: readonly string[];
            readonly alsoAllow?: readonly string[];
            readonly deny?: readonly string[];
            readonly byProvider?: Readonly<Record<string, AgentsEntriesToolsByProvider>>;
            readonly toolsBySender?: Readonly<Record<string, AgentsEntriesToolsToolsBySender>>;
            readonly codeMode?: AgentsEntriesToolsCodeMode;
            readonly swarm?: AgentsEntriesToolsSwarm;
            readonly elevated?: AgentsEntriesToolsElevated;
            readonly exec?: AgentsEntriesToolsExec;
            readonly github?: AgentsEntriesToolsGithub;
            readonly fs?: AgentsEntriesToolsFs;
            readonly loopDetection?: DiagnosticsCacheTrace;
            readonly message?: AgentsEntriesToolsMessage;
            readonly sandbox?: AgentsEntriesToolsSandbox;
          };
          readonly default?: boolean;
        }
      >
    >;
  };
  readonly worktreeRoot?: string;
  readonly worktreeAcceleration?: boolean;
  readonly tools?: {
    readonly profile?: 'minimal' | 'coding' | 'messaging' | 'full' | Reference;
    readonly allow?: readonly string[];
    readonly alsoAllow?: readonly string[];
    readonly deny?: readonly string[];
    readonly byProvider?: Readonly<Record<string, AgentsEntriesToolsByProvider>>;
    readonly toolsBySender?: Readonly<Record<string, AgentsEntriesToolsToolsBySender>>;
    readonly web?: {
      readonly search?: {
        readonly enabled?: boolean;
        readonly provider?: string;
        readonly maxResults?: number;
        readonly timeoutSeconds?: number;
        readonly cacheTtlMinutes?: number;
        readonly openaiCodex?: {
          readonly enabled?: boolean;
          readonly mode?: 'cached' | 'live' | Reference;
          readonly allowedDomains?: readonly string[];
          readonly contextSize?: 'low' | 'medium' | 'high' | Reference;
          readonly userLocation?: {
            readonly country?: string;
            readonly region?: string;
            readonly city?: string;
            readonly timezone?: string;
          };
        };
        readonly [key: string]: unknown;
      };
      readonly fetch?: {
        readonly enabled?: boolean;
        readonly provider?: string;
        readonly maxChars?: number;
        readonly maxCharsCap?: number;
        readonly maxResponseBytes?: number;
        readonly timeoutSeconds?: number;
        readonly cacheTtlMinutes?: number;
        readonly maxRedirects?: number;
        readonly userAgent?: string;
        readonly headers?: Readonly<Record<string, string>>;
        readonly readability?: boolean;
        readonly useTrustedEnvProxy?: boolean;
        readonly ssrfPolicy?: BrowserSsrfPolicy;
      };
    };
    readonly github?: AgentsEntriesToolsGithub;
    readonly media?: {
      readonly models?: readonly {
        readonly provider?: string;
        readonly model?: string;
        readonly capabilities?: readonly ('image' | 'audio' | 'video' | Reference)[];
        readonly type?: 'provider' | 'cli' | Reference;
        readonly command?: string;
        readonly args?: readonly string[];
        readonly maxChars?: number;
        readonly maxBytes?: number;
        readonly prompt?: string;
        readonly timeoutSeconds?: number;
        readonly language?: string;
        readonly providerOptions?: Readonly<Record<string, Readonly<Record<string, NodeHostMcpServersEnv>>>>;
        readonly baseUrl?: string;
        readonly headers?: Readonly<Record<string, string>>;
        readonly request?: ToolsMediaModelsRequest;
        readonly profile?: string;
        readonly preferredProfile?: string;
      }[];
      readonly concurrency?: number;
      readonly image?: ToolsMediaImage;
      readonly audio?: {
        readonly enabled?: boolean;
        readonly preferredModel?: string;
        readonly scope?: ToolsMediaImageScope;
        readonly maxBytes?: number;
        readonly maxChars?: number;
        readonly prompt?: string;
        readonly timeoutSeconds?: number;
        readonly language?: string;
        readonly providerOptions?: Readonly<Record<string, Readonly<Record<string, NodeHostMcpServersEnv>>>>;
        readonly baseUrl?: string;
        readonly headers?: Readonly<Record<string, string>>;
        readonly request?: ToolsMediaModelsRequest;
        readonly attachments?: ToolsMediaImageAttachments;
        readonly echoTranscript?: boolean;
        readonly echoFormat?: string;
      };
      readonly video?: ToolsMediaImage;
    };
    readonly links?: {
      readonly enabled?: boolean;
      readonly scope?: ToolsMediaImageScope;
      readonly maxLinks?: number;
      readonly timeoutSeconds?: number;
      readonly models?: readonly {
        readonly type?: 'cli';
        readonly command: string;
        readonly args?: readonly string[];
        readonly timeoutSeconds?: number;
      }[];
    };
    readonly sessions?: {
      readonly visibility?: 'self' | 'tree' | 'agent' | 'all' | Reference;
    };
    readonly loopDetection?: DiagnosticsCacheTrace;
    readonly toolSearch?:
      | boolean
      | {
          readonly enabled?: boolean;
          readonly mode?: 'code' | 'tools' | 'directory' | Reference;
          readonly codeTimeoutMs?: number;
          readonly searchDefaultLimit?: number;
          readonly maxSearchLimit?: number;
        };
    readonly codeMode?: AgentsEntriesToolsCodeMode;
    readonly swarm?: AgentsEntriesToolsSwarm;
    readonly message?: AgentsEntriesToolsMessage;
    readonly agentToAgent?: {
      readonly enabled?: boolean;
      readonly allow?: readonly string[];
    };
    readonly elevated?: AgentsEntriesToolsElevated;
    readonly exec?: AgentsEntriesToolsExec;
    readonly fs?: AgentsEntriesToolsFs;
    readonly subagents?: AgentsEntriesToolsSandbox;
    readonly sandbox?: AgentsEntriesToolsSandbox;
    readonly sessions_spawn?: {
      readonly attachments?: {
        readonly enabled?: boolean;
        readonly maxTotalBytes?: number;
        readonly maxFiles?: number;
        readonly maxFileBytes?: number;
        readonly retainOnSessionKeep?: boolean;
      };
    };
    readonly updatePlan?: boolean;
  };
  readonly security?: {
    readonly audit?: {
      readonly suppressions?: readonly {
        readonly checkId: string;
        readonly titleIncludes?: string;
        readonly detailIncludes?: string;
        readonly reason?: string;
      }[];
    };
    readonly installPolicy?: {
      readonly enabled?: boolean;
      readonly targets?: readonly ('skill' | 'plugin' | Reference)[];
      readonly exec?: {
        readonly source: 'exec';
        readonly command: string;
        readonly args?: readonly string[];
        readonly timeoutMs?: number;
        readonly noOutputTimeoutMs?: number;
        readonly maxOutputBytes?: number;
        readonly env?: Readonly<Record<string, string>>;
        readonly passEnv?: readonly string[];
        readonly trustedDirs?: readonly string[];
      };
    };
  };
  readonly bindings?: readonly (
    | {
        readonly type?: 'route';
        readonly agentId: string;
        readonly comment?: string;
        readonly match: BindingsMatch;
        readonly session?: {
          readonly dmScope?:
            'main' | 'per-peer' | 'per-channel-peer' | 'per-account-channel-peer' | Reference;
          readonly groupScope?: 'main' | 'per-group' | Reference;
        };
      }
    | {
        readonly type: 'acp';
        readonly agentId: string;
        readonly comment?: string;
        readonly match: BindingsMatch;
        readonly acp?: {
          readonly mode?: 'persistent' | 'oneshot' | Reference;
          readonly label?: string;
          readonly cwd?: string;
          readonly backend?: string;
        };
      }
  )[];
  readonly broadcast?: {
    readonly strategy?: 'parallel' | 'sequential' | Reference;
    readonly [key: string]: unknown;
  };
  readonly attachments?: {
    readonly ttlHours?: number;
  };
  readonly messages?: {
    readonly visibleReplies?: MessagesVisibleReplies;
    readonly responsePrefix?: string;
    readonly usageTemplate?: MessagesUsageTemplate;
    readonly responseUsage?:
      | 'on'
      | 'off'
      | 'tokens'
      | 'full'
      | Reference
      | Readonly<Record<string, 'on' | 'off' | 'tokens' | 'full' | Reference>>;
    readonly groupChat?: {
      readonly mentionPatterns?: readonly string[];
      readonly historyLimit?: number;
      readonly unmentionedInbound?: 'user_request' | 'room_event' | Reference;
      readonly visibleReplies?: MessagesVisibleReplies;
    };
    readonly queue?: {
      readonly mode?: 'steer' | 'followup' | 'collect' | 'interrupt' | Reference;
      readonly byChannel?: {
        readonly whatsapp?: 'steer' | 'followup' | 'collect' | 'interrupt' | Reference;
        readonly telegram?: 'steer' | 'followup' | 'collect' | 'interrupt' | Reference;
        readonly discord?: 'steer' | 'followup' | 'collect' | 'interrupt' | Reference;
        readonly irc?: 'steer' | 'followup' | 'collect' | 'interrupt' | Reference;
        readonly googlechat?: 'steer' | 'followup' | 'collect' | 'interrupt' | Reference;
        readonly slack?: 'steer' | 'followup' | 'collect' | 'interrupt' | Reference;
        readonly mattermost?: 'steer' | 'followup' | 'collect' | 'interrupt' | Reference;
        readonly signal?: 'steer' | 'followup' | 'collect' | 'interrupt' | Reference;
        readonly imessage?: 'steer' | 'followup' | 'collect' | 'interrupt' | Reference;
        readonly msteams?: 'steer' | 'followup' | 'collect' | 'interrupt' | Reference;
        readonly webchat?: 'steer' | 'followup' | 'collect' | 'interrupt' | Reference;
        readonly matrix?: 'steer' | 'followup' | 'collect' | 'interrupt' | Reference;
      };
      readonly debounceMsByChannel?: Readonly<Record<string, number>>;
      readonly cap?: number;
      readonly drop?: 'old' | 'new' | 'summarize' | Reference;
    };
    readonly inbound?: {
      readonly debounceMs?: number;
      readonly byChannel?: Readonly<Record<string, number>>;
    };
    readonly ackReaction?: string;
    readonly ackReactionScope?:
      'group-mentions' | 'group-all' | 'direct' | 'all' | 'off' | 'none' | Reference;
    readonly statusReactions?: DiagnosticsCacheTrace;
  };
  readonly tts?: Tts;
  readonly commands?: {
    readonly native?: AgentsDefaultsFastModeDefault;
    readonly nativeSkills?: AgentsDefaultsFastModeDefault;
    readonly text?: boolean;
    readonly bash?: boolean;
    readonly bashForegroundMs?: number;
    readonly config?: boolean;
    readonly mcp?: boolean;
    readonly plugins?: boolean;
    readonly debug?: boolean;
    readonly restart?: boolean;
    readonly ownerAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
    readonly allowFrom?: Readonly<Record<string, readonly AgentsDefaultsSandboxDockerMemory[]>>;
  };
  readonly approvals?: {
    readonly exec?: ApprovalsExec;
    readonly plugin?: ApprovalsExec;
  };
  readonly session?: {
    readonly scope?: 'per-sender' | 'global' | Reference;
    readonly dmScope?: 'main' | 'per-peer' | 'per-channel-peer' | 'per-account-channel-peer' | Reference;
    readonly groupScope?: 'main' | 'per-group' | Reference;
    readonly notifyOnCreate?: boolean;
    readonly identityLinks?: Readonly<Record<string, readonly string[]>>;
    readonly resetTriggers?: readonly string[];
    readonly reset?: SessionReset;
    readonly resetByType?: {
      readonly direct?: SessionReset;
      readonly group?: SessionReset;
      readonly thread?: SessionReset;
    };
    readonly resetByChannel?: Readonly<Record<string, SessionReset>>;
    readonly store?: string;
    readonly mainKey?: string;
    readonly sendPolicy?: ToolsMediaImageScope;
    readonly threadBindings?: SessionThreadBindings;
    readonly sharing?: {
      readonly readOnly?: boolean;
      readonly suggest?: boolean;
      readonly drafts?: boolean;
    };
    readonly maintenance?: {
      readonly mode?: 'enforce' | 'warn' | Reference;
      readonly coldStorage?: {
        readonly enabled?: boolean;
        readonly afterDays?: number;
      };
      readonly pruneAfter?: AgentsDefaultsSandboxDockerMemory;
      readonly archiveDashboardAfter?: false | string | number;
      readonly maxEntries?: number;
      readonly preserveRecent?: SessionMaintenancePreserveRecent;
      readonly resetArchiveRetention?: SessionMaintenancePreserveRecent;
      readonly maxDiskBytes?: SessionMaintenancePreserveRecent;
      readonly highWaterBytes?: AgentsDefaultsSandboxDockerMemory;
    };
  };
  readonly cron?: {
    readonly enabled?: boolean;
    readonly skipMissedJobs?: boolean;
    readonly triggers?: DiagnosticsCacheTrace;
    readonly webhookToken?: ModelsProvidersApiKey;
    readonly webhookSsrfPolicy?: BrowserSsrfPolicy;
    readonly sessionRetention?: CronSessionRetention;
    readonly failureAlert?: {
      readonly enabled?: boolean;
      readonly after?: number;
      readonly cooldownMs?: number;
      readonly includeSkipped?: boolean;
      readonly mode?: 'announce' | 'webhook' | Reference;
      readonly accountId?: string;
      readonly channel?: string;
      readonly to?: string;
    };
  };
  readonly transcripts?: {
    readonly enabled?: boolean;
    readonly autoStart?: readonly {
      readonly providerId: string;
      readonly whenOccupied?: boolean;
      readonly sessionId?: string;
      readonly title?: string;
      readonly accountId?: string;
      readonly guildId?: string;
      readonly channelId?: string;
      readonly meetingUrl?: string;
    }[];
  };
  readonly hooks?: {
    readonly enabled?: boolean;
    readonly path?: string;
    readonly token?: string;
    readonly defaultSessionKey?: string;
    readonly allowRequestSessionKey?: boolean;
    readonly allowedSessionKeyPrefixes?: readonly string[];
    readonly allowedAgentIds?: readonly string[];
    readonly presets?: readonly string[];
    readonly transformsDir?: string;
    readonly mappings?: readonly {
      readonly id?: string;
      readonly match?: {
        readonly path?: string;
        readonly source?: string;
        readonly [key: string]: unknown;
      };
      readonly action?: 'wake' | 'agent' | Reference;
      readonly wakeMode?: 'now' | 'next-heartbeat' | Reference;
      readonly name?: string;
      readonly agentId?: string;
      readonly sessionKey?: string;
      readonly sessionMode?: 'isolated' | 'persistent' | Reference;
      readonly messageTemplate?: string;
      readonly textTemplate?: string;
      readonly forEach?: string;
      readonly deliver?: boolean;
      readonly allowUnsafeExternalContent?: boolean;
      readonly channel?: string;
      readonly to?: string;
      readonly model?: string;
      readonly thinking?: string;
      readonly timeoutSeconds?: number;
      readonly transform?: {
        readonly module: string;
        readonly export?: string;
      };
    }[];
    readonly gmail?: {
      readonly account?: string;
      readonly label?: string;
      readonly topic?: string;
      readonly subscription?: string;
      readonly pushToken?: string;
      readonly hookUrl?: string;
      readonly includeBody?: boolean;
      readonly maxBytes?: number;
      readonly renewEveryMinutes?: number;
      readonly allowUnsafeExternalContent?: boolean;
      readonly serve?: {
        readonly bind?: string;
        readonly port?: number;
        readonly path?: string;
      };
      readonly tailscale?: {
        readonly mode?: 'off' | 'serve' | 'funnel' | Reference;
        readonly path?: string;
        readonly target?: string;
      };
      readonly model?: string;
      readonly thinking?: 'off' | 'minimal' | 'low' | 'medium' | 'high' | Reference;
    };
    readonly internal?: {
      readonly enabled?: boolean;
      readonly entries?: Readonly<
        Record<
          string,
          {
            readonly enabled?: boolean;
            readonly env?: Readonly<Record<string, string>>;
            readonly [key: string]: unknown;
          }
        >
      >;
      readonly load?: {
        readonly extraDirs?: readonly string[];
      };
    };
  };
  readonly channels?: {
    readonly defaults?: {
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
      readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
      readonly implicitMentions?: ChannelsDefaultsImplicitMentions;
    };
    readonly modelByChannel?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly a2a?: {
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly advertisedUrl?: string;
      readonly replyTimeoutMs?: number;
      readonly rateLimitPerMinute?: number;
      readonly exposeAgents?: readonly string[];
      readonly peers?: Readonly<
        Record<
          string,
          {
            readonly token: string;
            readonly url?: string;
            readonly outboundToken?: string;
          }
        >
      >;
    };
    readonly buzz?: {
      readonly name?: string;
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly responsePrefix?: string;
      readonly replyToMode?: 'off' | 'all' | Reference;
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly relayUrl?: string;
      readonly privateKey?: ChannelsBuzzPrivateKey;
      readonly authTag?: ChannelsBuzzPrivateKey;
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groups?: Readonly<Record<string, ChannelsBuzzGroups>>;
      readonly historyLimit?: number;
      readonly defaultTo?: string;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly enabled?: boolean;
            readonly configWrites?: boolean;
            readonly responsePrefix?: string;
            readonly replyToMode?: 'off' | 'all' | Reference;
            readonly markdown?: ChannelsBuzzMarkdown;
            readonly relayUrl?: string;
            readonly privateKey?: ChannelsBuzzPrivateKey;
            readonly authTag?: ChannelsBuzzPrivateKey;
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groups?: Readonly<Record<string, ChannelsBuzzGroups>>;
            readonly historyLimit?: number;
            readonly defaultTo?: string;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly clickclack?: {
      readonly name?: string;
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly mediaMaxMb?: number;
      readonly responsePrefix?: string;
      readonly baseUrl?: string;
      readonly apiBaseUrl?: string;
      readonly token?: ChannelsBuzzPrivateKey;
      readonly tokenFile?: string;
      readonly workspace?: string;
      readonly botUserId?: string;
      readonly agentId?: string;
      readonly replyMode?: 'agent' | 'model' | Reference;
      readonly model?: string;
      readonly systemPrompt?: string;
      readonly toolsAllow?: readonly string[];
      readonly defaultTo?: string;
      readonly allowFrom?: readonly string[];
      readonly allowBots?: ChannelsClickclackAllowBots;
      readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
      readonly reconnectMs?: number;
      readonly agentActivity?: boolean;
      readonly nativeProgress?: boolean;
      readonly commandMenu?: boolean;
      readonly requireMention?: boolean;
      readonly mentionPatterns?: readonly string[];
      readonly groups?: Readonly<Record<string, ChannelsClickclackGroups>>;
      readonly discussions?: ChannelsClickclackDiscussions;
      readonly historyLimit?: number;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly enabled?: boolean;
            readonly configWrites?: boolean;
            readonly mediaMaxMb?: number;
            readonly responsePrefix?: string;
            readonly baseUrl?: string;
            readonly apiBaseUrl?: string;
            readonly token?: ChannelsBuzzPrivateKey;
            readonly tokenFile?: string;
            readonly workspace?: string;
            readonly botUserId?: string;
            readonly agentId?: string;
            readonly replyMode?: 'agent' | 'model' | Reference;
            readonly model?: string;
            readonly systemPrompt?: string;
            readonly toolsAllow?: readonly string[];
            readonly defaultTo?: string;
            readonly allowFrom?: readonly string[];
            readonly allowBots?: ChannelsClickclackAllowBots;
            readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
            readonly reconnectMs?: number;
            readonly agentActivity?: boolean;
            readonly nativeProgress?: boolean;
            readonly commandMenu?: boolean;
            readonly requireMention?: boolean;
            readonly mentionPatterns?: readonly string[];
            readonly groups?: Readonly<Record<string, ChannelsClickclackGroups>>;
            readonly discussions?: ChannelsClickclackDiscussions;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly discord?: {
      readonly name?: string;
      readonly capabilities?: readonly string[];
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly configWrites?: boolean;
      readonly enabled?: boolean;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly string[];
      readonly defaultTo?: string;
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly mentionPatterns?: ChannelsDiscordMentionPatterns;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly historyLimit?: number;
      readonly dmHistoryLimit?: number;
      readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
      readonly textChunkLimit?: number;
      readonly streaming?: ChannelsDiscordStreaming;
      readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
      readonly healthMonitor?: DiagnosticsCacheTrace;
      readonly responsePrefix?: string;
      readonly mediaMaxMb?: number;
      readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
      readonly joinIntro?: boolean;
      readonly commands?: ChannelsDiscordCommands;
      readonly token?: ChannelsBuzzPrivateKey;
      readonly applicationId?: string;
      readonly activities?: ChannelsDiscordActivities;
      readonly proxy?: string;
      readonly allowBots?: ChannelsClickclackAllowBots;
      readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
      readonly dangerouslyAllowNameMatching?: boolean;
      readonly mentionAliases?: Readonly<Record<string, string>>;
      readonly suppressEmbeds?: boolean;
      readonly maxLinesPerMessage?: number;
      readonly actions?: ChannelsDiscordActions;
      readonly thread?: ChannelsDiscordThread;
      readonly dm?: ChannelsDiscordDm;
      readonly guilds?: Readonly<Record<string, ChannelsDiscordGuilds>>;
      readonly execApprovals?: ChannelsDiscordExecApprovals;
      readonly agentComponents?: ChannelsDiscordAgentComponents;
      readonly slashCommand?: ChannelsDiscordSlashCommand;
      readonly threadBindings?: SessionThreadBindings;
      readonly intents?: ChannelsDiscordIntents;
      readonly voice?: ChannelsDiscordVoice;
      readonly pluralkit?: ChannelsDiscordPluralkit;
      readonly ackReaction?: string;
      readonly ackReactionScope?:
        'group-mentions' | 'group-all' | 'direct' | 'all' | 'off' | 'none' | Reference;
      readonly activity?: string;
      readonly status?: 'online' | 'dnd' | 'idle' | 'invisible' | Reference;
      readonly autoPresence?: ChannelsDiscordAutoPresence;
      readonly activityType?: 0 | 1 | 2 | 3 | 4 | 5;
      readonly activityUrl?: string;
      readonly inboundWorker?: ChannelsDiscordInboundWorker;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly capabilities?: readonly string[];
            readonly markdown?: ChannelsBuzzMarkdown;
            readonly configWrites?: boolean;
            readonly enabled?: boolean;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly allowFrom?: readonly string[];
            readonly defaultTo?: string;
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly mentionPatterns?: ChannelsDiscordMentionPatterns;
            readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
            readonly historyLimit?: number;
            readonly dmHistoryLimit?: number;
            readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
            readonly textChunkLimit?: number;
            readonly streaming?: ChannelsDiscordStreaming;
            readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
            readonly healthMonitor?: DiagnosticsCacheTrace;
            readonly responsePrefix?: string;
            readonly mediaMaxMb?: number;
            readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
            readonly joinIntro?: boolean;
            readonly commands?: ChannelsDiscordCommands;
            readonly token?: ChannelsBuzzPrivateKey;
            readonly applicationId?: string;
            readonly activities?: ChannelsDiscordActivities;
            readonly proxy?: string;
            readonly allowBots?: ChannelsClickclackAllowBots;
            readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
            readonly dangerouslyAllowNameMatching?: boolean;
            readonly mentionAliases?: Readonly<Record<string, string>>;
            readonly suppressEmbeds?: boolean;
            readonly maxLinesPerMessage?: number;
            readonly actions?: ChannelsDiscordActions;
            readonly thread?: ChannelsDiscordThread;
            readonly dm?: ChannelsDiscordDm;
            readonly guilds?: Readonly<Record<string, ChannelsDiscordGuilds>>;
            readonly execApprovals?: ChannelsDiscordExecApprovals;
            readonly agentComponents?: ChannelsDiscordAgentComponents;
            readonly slashCommand?: ChannelsDiscordSlashCommand;
            readonly threadBindings?: SessionThreadBindings;
            readonly intents?: ChannelsDiscordIntents;
            readonly voice?: ChannelsDiscordVoice;
            readonly pluralkit?: ChannelsDiscordPluralkit;
            readonly ackReaction?: string;
            readonly ackReactionScope?:
              'group-mentions' | 'group-all' | 'direct' | 'all' | 'off' | 'none' | Reference;
            readonly activity?: string;
            readonly status?: 'online' | 'dnd' | 'idle' | 'invisible' | Reference;
            readonly autoPresence?: ChannelsDiscordAutoPresence;
            readonly activityType?: 0 | 1 | 2 | 3 | 4 | 5;
            readonly activityUrl?: string;
            readonly inboundWorker?: ChannelsDiscordInboundWorker;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly feishu?: {
      readonly enabled?: boolean;
      readonly defaultAccount?: string;
      readonly stickerSets?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
      readonly appId?: string;
      readonly appSecret?: ChannelsBuzzPrivateKey;
      readonly encryptKey?: ChannelsBuzzPrivateKey;
      readonly verificationToken?: ChannelsBuzzPrivateKey;
      readonly domain?: ChannelsFeishuDomain;
      readonly connectionMode?: 'websocket' | 'webhook' | Reference;
      readonly webhookPath?: string;
      readonly webhookHost?: string;
      readonly webhookPort?: number;
      readonly capabilities?: readonly string[];
      readonly markdown?: ChannelsFeishuMarkdown;
      readonly configWrites?: boolean;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
      readonly responsePrefix?: string;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | 'allowall' | Reference;
      readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupSenderAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly requireMention?: boolean;
      readonly groups?: Readonly<Record<string, ChannelsFeishuGroups>>;
      readonly historyLimit?: number;
      readonly dmHistoryLimit?: number;
      readonly dms?: Readonly<Record<string, ChannelsFeishuDms>>;
      readonly textChunkLimit?: number;
      readonly mediaMaxMb?: number;
      readonly httpTimeoutMs?: number;
      readonly heartbeatVisibility?: ChannelsFeishuHeartbeatVisibility;
      readonly renderMode?: 'auto' | 'raw' | 'card' | Reference;
      readonly streaming?: ChannelsFeishuStreaming;
      readonly tools?: ChannelsFeishuTools;
      readonly actions?: ChannelsFeishuActions;
      readonly replyInThread?: 'disabled' | 'enabled' | Reference;
      readonly reactionNotifications?: 'off' | 'own' | 'all' | Reference;
      readonly typingIndicator?: boolean;
      readonly resolveSenderNames?: boolean;
      readonly allowBots?: boolean;
      readonly vcAutoJoin?: boolean;
      readonly tts?: ChannelsFeishuTts;
      readonly groupSessionScope?:
        'group' | 'group_sender' | 'group_topic' | 'group_topic_sender' | Reference;
      readonly topicSessionMode?: 'disabled' | 'enabled' | Reference;
      readonly dynamicAgentCreation?: {
        readonly enabled?: boolean;
        readonly workspaceTemplate?: string;
        readonly agentDirTemplate?: string;
        readonly maxAgents?: number;
      };
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly enabled?: boolean;
            readonly name?: string;
            readonly appId?: string;
            readonly appSecret?: ChannelsBuzzPrivateKey;
            readonly encryptKey?: ChannelsBuzzPrivateKey;
            readonly verificationToken?: ChannelsBuzzPrivateKey;
            readonly domain?: ChannelsFeishuDomain;
            readonly connectionMode?: 'websocket' | 'webhook' | Reference;
            readonly webhookPath?: string;
            readonly webhookHost?: string;
            readonly webhookPort?: number;
            readonly capabilities?: readonly string[];
            readonly markdown?: ChannelsFeishuMarkdown;
            readonly configWrites?: boolean;
            readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
            readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
            readonly responsePrefix?: string;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | 'allowall' | Reference;
            readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groupSenderAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly requireMention?: boolean;
            readonly groups?: Readonly<Record<string, ChannelsFeishuGroups>>;
            readonly historyLimit?: number;
            readonly dmHistoryLimit?: number;
            readonly dms?: Readonly<Record<string, ChannelsFeishuDms>>;
            readonly textChunkLimit?: number;
            readonly mediaMaxMb?: number;
            readonly httpTimeoutMs?: number;
            readonly heartbeatVisibility?: ChannelsFeishuHeartbeatVisibility;
            readonly renderMode?: 'auto' | 'raw' | 'card' | Reference;
            readonly streaming?: ChannelsFeishuStreaming;
            readonly tools?: ChannelsFeishuTools;
            readonly actions?: ChannelsFeishuActions;
            readonly replyInThread?: 'disabled' | 'enabled' | Reference;
            readonly reactionNotifications?: 'off' | 'own' | 'all' | Reference;
            readonly typingIndicator?: boolean;
            readonly resolveSenderNames?: boolean;
            readonly allowBots?: boolean;
            readonly vcAutoJoin?: boolean;
            readonly tts?: ChannelsFeishuTts;
            readonly groupSessionScope?:
              'group' | 'group_sender' | 'group_topic' | 'group_topic_sender' | Reference;
            readonly topicSessionMode?: 'disabled' | 'enabled' | Reference;
          }
        >
      >;
    };
    readonly googlechat?: {
      readonly name?: string;
      readonly capabilities?: readonly string[];
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly configWrites?: boolean;
      readonly enabled?: boolean;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly defaultTo?: string;
      readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly historyLimit?: number;
      readonly dmHistoryLimit?: number;
      readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
      readonly textChunkLimit?: number;
      readonly streaming?: ChannelsGooglechatStreaming;
      readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
      readonly healthMonitor?: DiagnosticsCacheTrace;
      readonly responsePrefix?: string;
      readonly mediaMaxMb?: number;
      readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
      readonly allowBots?: boolean;
      readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
      readonly dangerouslyAllowNameMatching?: boolean;
      readonly requireMention?: boolean;
      readonly groups?: Readonly<Record<string, ChannelsGooglechatGroups>>;
      readonly serviceAccount?: ChannelsGooglechatServiceAccount;
      readonly serviceAccountFile?: string;
      readonly audienceType?: 'app-url' | 'project-number' | Reference;
      readonly audience?: string;
      readonly appPrincipal?: string;
      readonly webhookPath?: string;
      readonly webhookUrl?: string;
      readonly botUser?: string;
      readonly dm?: DiagnosticsCacheTrace;
      readonly typingIndicator?: 'none' | 'message' | 'reaction' | Reference;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly capabilities?: readonly string[];
            readonly markdown?: ChannelsBuzzMarkdown;
            readonly configWrites?: boolean;
            readonly enabled?: boolean;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly defaultTo?: string;
            readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
            readonly historyLimit?: number;
            readonly dmHistoryLimit?: number;
            readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
            readonly textChunkLimit?: number;
            readonly streaming?: ChannelsGooglechatStreaming;
            readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
            readonly healthMonitor?: DiagnosticsCacheTrace;
            readonly responsePrefix?: string;
            readonly mediaMaxMb?: number;
            readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
            readonly allowBots?: boolean;
            readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
            readonly dangerouslyAllowNameMatching?: boolean;
            readonly requireMention?: boolean;
            readonly groups?: Readonly<Record<string, ChannelsGooglechatGroups>>;
            readonly serviceAccount?: ChannelsGooglechatServiceAccount;
            readonly serviceAccountFile?: string;
            readonly audienceType?: 'app-url' | 'project-number' | Reference;
            readonly audience?: string;
            readonly appPrincipal?: string;
            readonly webhookPath?: string;
            readonly webhookUrl?: string;
            readonly botUser?: string;
            readonly dm?: DiagnosticsCacheTrace;
            readonly typingIndicator?: 'none' | 'message' | 'reaction' | Reference;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly imessage?: {
      readonly name?: string;
      readonly capabilities?: readonly string[];
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly configWrites?: boolean;
      readonly enabled?: boolean;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly defaultTo?: string;
      readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly historyLimit?: number;
      readonly dmHistoryLimit?: number;
      readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
      readonly textChunkLimit?: number;
      readonly streaming?: ChannelsGooglechatStreaming;
      readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
      readonly healthMonitor?: DiagnosticsCacheTrace;
      readonly responsePrefix?: string;
      readonly mediaMaxMb?: number;
      readonly cliPath?: string;
      readonly dbPath?: string;
      readonly remoteHost?: string;
      readonly actions?: ChannelsImessageActions;
      readonly service?: 'imessage' | 'sms' | 'auto' | Reference;
      readonly sendTransport?: 'auto' | 'bridge' | 'applescript' | Reference;
      readonly region?: string;
      readonly includeAttachments?: boolean;
      readonly attachmentRoots?: readonly string[];
      readonly remoteAttachmentRoots?: readonly string[];
      readonly probeTimeoutMs?: number;
      readonly sendReadReceipts?: boolean;
      readonly reactionNotifications?: 'off' | 'own' | 'all' | Reference;
      readonly catchup?: ChannelsImessageCatchup;
      readonly groups?: Readonly<Record<string, ChannelsImessageGroups>>;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly capabilities?: readonly string[];
            readonly markdown?: ChannelsBuzzMarkdown;
            readonly configWrites?: boolean;
            readonly enabled?: boolean;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly defaultTo?: string;
            readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
            readonly historyLimit?: number;
            readonly dmHistoryLimit?: number;
            readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
            readonly textChunkLimit?: number;
            readonly streaming?: ChannelsGooglechatStreaming;
            readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
            readonly healthMonitor?: DiagnosticsCacheTrace;
            readonly responsePrefix?: string;
            readonly mediaMaxMb?: number;
            readonly cliPath?: string;
            readonly dbPath?: string;
            readonly remoteHost?: string;
            readonly actions?: ChannelsImessageActions;
            readonly service?: 'imessage' | 'sms' | 'auto' | Reference;
            readonly sendTransport?: 'auto' | 'bridge' | 'applescript' | Reference;
            readonly region?: string;
            readonly includeAttachments?: boolean;
            readonly attachmentRoots?: readonly string[];
            readonly remoteAttachmentRoots?: readonly string[];
            readonly probeTimeoutMs?: number;
            readonly sendReadReceipts?: boolean;
            readonly reactionNotifications?: 'off' | 'own' | 'all' | Reference;
            readonly catchup?: ChannelsImessageCatchup;
            readonly groups?: Readonly<Record<string, ChannelsImessageGroups>>;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly irc?: {
      readonly name?: string;
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly healthMonitor?: DiagnosticsCacheTrace;
      readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
      readonly dangerouslyAllowNameMatching?: boolean;
      readonly host?: string;
      readonly port?: number;
      readonly tls?: boolean;
      readonly nick?: string;
      readonly username?: string;
      readonly realname?: string;
      readonly password?: string;
      readonly passwordFile?: string;
      readonly nickserv?: ChannelsIrcNickserv;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groups?: Readonly<Record<string, ChannelsIrcGroups>>;
      readonly channels?: readonly string[];
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly historyLimit?: number;
      readonly dmHistoryLimit?: number;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
      readonly textChunkLimit?: number;
      readonly streaming?: ChannelsGooglechatStreaming;
      readonly responsePrefix?: string;
      readonly mediaMaxMb?: number;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly enabled?: boolean;
            readonly configWrites?: boolean;
            readonly healthMonitor?: DiagnosticsCacheTrace;
            readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
            readonly dangerouslyAllowNameMatching?: boolean;
            readonly host?: string;
            readonly port?: number;
            readonly tls?: boolean;
            readonly nick?: string;
            readonly username?: string;
            readonly realname?: string;
            readonly password?: string;
            readonly passwordFile?: string;
            readonly nickserv?: ChannelsIrcNickserv;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groups?: Readonly<Record<string, ChannelsIrcGroups>>;
            readonly channels?: readonly string[];
            readonly markdown?: ChannelsBuzzMarkdown;
            readonly historyLimit?: number;
            readonly dmHistoryLimit?: number;
            readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
            readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
            readonly textChunkLimit?: number;
            readonly streaming?: ChannelsGooglechatStreaming;
            readonly responsePrefix?: string;
            readonly mediaMaxMb?: number;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly line?: {
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly joinIntro?: boolean;
      readonly historyLimit?: number;
      readonly channelAccessToken?: string;
      readonly channelSecret?: string;
      readonly tokenFile?: string;
      readonly secretFile?: string;
      readonly name?: string;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly responsePrefix?: string;
      readonly replyToMode?: 'off' | 'first' | 'all' | Reference;
      readonly streaming?: ChannelsGooglechatStreaming;
      readonly mediaMaxMb?: number;
      readonly webhookPath?: string;
      readonly threadBindings?: ChannelsLineThreadBindings;
      readonly groups?: Readonly<Record<string, ChannelsLineGroups>>;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly enabled?: boolean;
            readonly configWrites?: boolean;
            readonly joinIntro?: boolean;
            readonly historyLimit?: number;
            readonly channelAccessToken?: string;
            readonly channelSecret?: string;
            readonly tokenFile?: string;
            readonly secretFile?: string;
            readonly name?: string;
            readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly responsePrefix?: string;
            readonly replyToMode?: 'off' | 'first' | 'all' | Reference;
            readonly streaming?: ChannelsGooglechatStreaming;
            readonly mediaMaxMb?: number;
            readonly webhookPath?: string;
            readonly threadBindings?: ChannelsLineThreadBindings;
            readonly groups?: Readonly<Record<string, ChannelsLineGroups>>;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly matrix?: {
      readonly name?: string;
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly joinIntro?: boolean;
      readonly defaultAccount?: string;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly joinIntro?: boolean;
            readonly accessToken?: ChannelsBuzzPrivateKey;
            readonly password?: ChannelsBuzzPrivateKey;
            readonly [key: string]: unknown;
          }
        >
      >;
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly homeserver?: string;
      readonly network?: ChannelsMatrixNetwork;
      readonly proxy?: string;
      readonly userId?: string;
      readonly accessToken?: ChannelsBuzzPrivateKey;
      readonly password?: ChannelsBuzzPrivateKey;
      readonly deviceId?: string;
      readonly deviceName?: string;
      readonly avatarUrl?: string;
      readonly initialSyncLimit?: number;
      readonly encryption?: boolean;
      readonly allowlistOnly?: boolean;
      readonly dangerouslyAllowNameMatching?: boolean;
      readonly allowBots?: ChannelsClickclackAllowBots;
      readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly mentionPatterns?: ChannelsDiscordMentionPatterns;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly streaming?: {
        readonly mode?: 'partial' | 'quiet' | 'progress' | 'off' | Reference;
        readonly chunkMode?: 'length' | 'newline' | Reference;
        readonly block?: ChannelsDiscordStreamingBlock;
        readonly progress?: ChannelsMatrixStreamingProgress;
        readonly preview?: {
          readonly toolProgress?: boolean;
        };
      };
      readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
      readonly threadReplies?: 'off' | 'inbound' | 'always' | Reference;
      readonly textChunkLimit?: number;
      readonly responsePrefix?: string;
      readonly ackReaction?: string;
      readonly ackReactionScope?:
        'group-mentions' | 'group-all' | 'direct' | 'all' | 'none' | 'off' | Reference;
      readonly reactionNotifications?: 'off' | 'own' | Reference;
      readonly threadBindings?: SessionThreadBindings;
      readonly startupVerification?: 'off' | 'if-unverified' | Reference;
      readonly startupVerificationCooldownHours?: number;
      readonly mediaMaxMb?: number;
      readonly historyLimit?: number;
      readonly autoJoin?: 'always' | 'allowlist' | 'off' | Reference;
      readonly autoJoinAllowlist?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly dm?: {
        readonly enabled?: boolean;
        readonly policy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
        readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
        readonly sessionScope?: 'per-user' | 'per-room' | Reference;
        readonly threadReplies?: 'off' | 'inbound' | 'always' | Reference;
      };
      readonly execApprovals?: ChannelsMatrixExecApprovals;
      readonly groups?: Readonly<Record<string, ChannelsMatrixGroups>>;
      readonly rooms?: Readonly<Record<string, ChannelsMatrixGroups>>;
      readonly actions?: {
        readonly reactions?: boolean;
        readonly messages?: boolean;
        readonly pins?: boolean;
        readonly profile?: boolean;
        readonly memberInfo?: boolean;
        readonly channelInfo?: boolean;
        readonly verification?: boolean;
      };
    };
    readonly mattermost?: {
      readonly name?: string;
      readonly capabilities?: readonly string[];
      readonly dangerouslyAllowNameMatching?: boolean;
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly historyLimit?: number;
      readonly mediaMaxMb?: number;
      readonly botToken?: ChannelsBuzzPrivateKey;
      readonly baseUrl?: string;
      readonly chatmode?: 'oncall' | 'onmessage' | 'onchar' | Reference;
      readonly oncharPrefixes?: readonly string[];
      readonly requireMention?: boolean;
      readonly implicitMentions?: ChannelsDefaultsImplicitMentions;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly textChunkLimit?: number;
      readonly streaming?: ChannelsMattermostStreaming;
      readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
      readonly replyToModeByChatType?: ChannelsMattermostReplyToModeByChatType;
      readonly responsePrefix?: string;
      readonly actions?: ChannelsMattermostActions;
      readonly commands?: ChannelsMattermostCommands;
      readonly interactions?: ChannelsMattermostInteractions;
      readonly groups?: Readonly<Record<string, ChannelsMattermostGroups>>;
      readonly network?: ChannelsMatrixNetwork;
      readonly dmChannelRetry?: ChannelsMattermostDmChannelRetry;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly capabilities?: readonly string[];
            readonly dangerouslyAllowNameMatching?: boolean;
            readonly markdown?: ChannelsBuzzMarkdown;
            readonly enabled?: boolean;
            readonly configWrites?: boolean;
            readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
            readonly historyLimit?: number;
            readonly mediaMaxMb?: number;
            readonly botToken?: ChannelsBuzzPrivateKey;
            readonly baseUrl?: string;
            readonly chatmode?: 'oncall' | 'onmessage' | 'onchar' | Reference;
            readonly oncharPrefixes?: readonly string[];
            readonly requireMention?: boolean;
            readonly implicitMentions?: ChannelsDefaultsImplicitMentions;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly textChunkLimit?: number;
            readonly streaming?: ChannelsMattermostStreaming;
            readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
            readonly replyToModeByChatType?: ChannelsMattermostReplyToModeByChatType;
            readonly responsePrefix?: string;
            readonly actions?: ChannelsMattermostActions;
            readonly commands?: ChannelsMattermostCommands;
            readonly interactions?: ChannelsMattermostInteractions;
            readonly groups?: Readonly<Record<string, ChannelsMattermostGroups>>;
            readonly network?: ChannelsMatrixNetwork;
            readonly dmChannelRetry?: ChannelsMattermostDmChannelRetry;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly msteams?: {
      readonly capabilities?: readonly string[];
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly configWrites?: boolean;
      readonly enabled?: boolean;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly string[];
      readonly defaultTo?: string;
      readonly groupAllowFrom?: readonly string[];
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly historyLimit?: number;
      readonly dmHistoryLimit?: number;
      readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
      readonly textChunkLimit?: number;
      readonly streaming?: ChannelsDiscordStreaming;
      readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
      readonly healthMonitor?: DiagnosticsCacheTrace;
      readonly responsePrefix?: string;
      readonly mediaMaxMb?: number;
      readonly dangerouslyAllowNameMatching?: boolean;
      readonly appId?: string;
      readonly appPassword?: ChannelsBuzzPrivateKey;
      readonly tenantId?: string;
      readonly cloud?: 'Public' | 'USGov' | 'USGovDoD' | 'China' | Reference;
      readonly serviceUrl?: string;
      readonly authType?: 'secret' | 'federated' | Reference;
      readonly certificatePath?: string;
      readonly certificateThumbprint?: string;
      readonly useManagedIdentity?: boolean;
      readonly managedIdentityClientId?: string;
      readonly webhook?: {
        readonly port?: number;
        readonly path?: string;
      };
      readonly typingIndicator?: boolean;
      readonly mediaAllowHosts?: readonly string[];
      readonly mediaAuthAllowHosts?: readonly string[];
      readonly graphMediaFallback?: boolean;
      readonly requireMention?: boolean;
      readonly replyStyle?: 'thread' | 'top-level' | Reference;
      readonly teams?: Readonly<
        Record<
          string,
          {
            readonly requireMention?: boolean;
            readonly tools?: AgentsEntriesToolsToolsBySender;
            readonly toolsBySender?: Readonly<Record<string, AgentsEntriesToolsToolsBySender>>;
            readonly replyStyle?: 'thread' | 'top-level' | Reference;
            readonly channels?: Readonly<
              Record<
                string,
                {
                  readonly requireMention?: boolean;
                  readonly tools?: AgentsEntriesToolsToolsBySender;
                  readonly toolsBySender?: Readonly<Record<string, AgentsEntriesToolsToolsBySender>>;
                  readonly replyStyle?: 'thread' | 'top-level' | Reference;
                }
              >
            >;
          }
        >
      >;
      readonly sharePointSiteId?: string;
      readonly welcomeCard?: boolean;
      readonly promptStarters?: readonly string[];
      readonly groupWelcomeCard?: boolean;
      readonly feedbackEnabled?: boolean;
      readonly feedbackReflection?: boolean;
      readonly feedbackReflectionCooldownMs?: number;
      readonly delegatedAuth?: {
        readonly enabled?: boolean;
        readonly scopes?: readonly string[];
      };
      readonly sso?: {
        readonly enabled?: boolean;
        readonly connectionName?: string;
      };
    };
    readonly 'nextcloud-talk'?: {
      readonly name?: string;
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly baseUrl?: string;
      readonly botSecret?: ChannelsBuzzPrivateKey;
      readonly botSecretFile?: string;
      readonly apiUser?: string;
      readonly apiPassword?: ChannelsBuzzPrivateKey;
      readonly apiPasswordFile?: string;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly webhookPort?: number;
      readonly webhookHost?: string;
      readonly webhookPath?: string;
      readonly webhookPublicUrl?: string;
      readonly allowFrom?: readonly string[];
      readonly groupAllowFrom?: readonly string[];
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly rooms?: Readonly<Record<string, ChannelsNextcloudTalkRooms>>;
      readonly network?: ChannelsMatrixNetwork;
      readonly historyLimit?: number;
      readonly dmHistoryLimit?: number;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
      readonly textChunkLimit?: number;
      readonly streaming?: ChannelsGooglechatStreaming;
      readonly responsePrefix?: string;
      readonly mediaMaxMb?: number;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly enabled?: boolean;
            readonly configWrites?: boolean;
            readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
            readonly markdown?: ChannelsBuzzMarkdown;
            readonly baseUrl?: string;
            readonly botSecret?: ChannelsBuzzPrivateKey;
            readonly botSecretFile?: string;
            readonly apiUser?: string;
            readonly apiPassword?: ChannelsBuzzPrivateKey;
            readonly apiPasswordFile?: string;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly webhookPort?: number;
            readonly webhookHost?: string;
            readonly webhookPath?: string;
            readonly webhookPublicUrl?: string;
            readonly allowFrom?: readonly string[];
            readonly groupAllowFrom?: readonly string[];
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly rooms?: Readonly<Record<string, ChannelsNextcloudTalkRooms>>;
            readonly network?: ChannelsMatrixNetwork;
            readonly historyLimit?: number;
            readonly dmHistoryLimit?: number;
            readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
            readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
            readonly textChunkLimit?: number;
            readonly streaming?: ChannelsGooglechatStreaming;
            readonly responsePrefix?: string;
            readonly mediaMaxMb?: number;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly nostr?: {
      readonly name?: string;
      readonly defaultAccount?: string;
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly privateKey?: ChannelsBuzzPrivateKey;
      readonly relays?: readonly string[];
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly profile?: {
        readonly name?: string;
        readonly displayName?: string;
        readonly about?: string;
        readonly picture?: string;
        readonly banner?: string;
        readonly website?: string;
        readonly nip05?: string;
        readonly lud16?: string;
      };
    };
    readonly 'qa-channel'?: {
      readonly name?: string;
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly mediaMaxMb?: number;
      readonly responsePrefix?: string;
      readonly baseUrl?: string;
      readonly botUserId?: string;
      readonly botDisplayName?: string;
      readonly pollTimeoutMs?: number;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupPolicy?: 'open' | 'allowlist' | 'disabled' | Reference;
      readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groups?: Readonly<Record<string, ChannelsQaChannelGroups>>;
      readonly defaultTo?: string;
      readonly actions?: ChannelsQaChannelActions;
      readonly historyLimit?: number;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly enabled?: boolean;
            readonly configWrites?: boolean;
            readonly mediaMaxMb?: number;
            readonly responsePrefix?: string;
            readonly baseUrl?: string;
            readonly botUserId?: string;
            readonly botDisplayName?: string;
            readonly pollTimeoutMs?: number;
            readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groupPolicy?: 'open' | 'allowlist' | 'disabled' | Reference;
            readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groups?: Readonly<Record<string, ChannelsQaChannelGroups>>;
            readonly defaultTo?: string;
            readonly actions?: ChannelsQaChannelActions;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly raft?: {
      readonly name?: string;
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly profile?: string;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly enabled?: boolean;
            readonly configWrites?: boolean;
            readonly profile?: string;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly reef?: {
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly relayUrl?: string;
      readonly handle?: string;
      readonly email?: string;
      readonly guard?:
        | {
            readonly provider: 'openai';
            readonly authMode: 'oauth';
            readonly authProfileId: string;
            readonly pinnedModel: string;
            readonly policyVersion: string;
            readonly timeoutMs: number;
            readonly rules?: ChannelsReefGuardRules;
          }
        | {
            readonly provider: 'anthropic' | 'openai' | Reference;
            readonly authMode?: 'api-key';
            readonly apiKeyEnv: string;
            readonly pinnedModel: string;
            readonly policyVersion: string;
            readonly timeoutMs: number;
            readonly rules?: ChannelsReefGuardRules;
          };
      readonly stateDir?: string;
      readonly requestPolicy?: 'code-only' | 'friends-of-friends' | 'open' | Reference;
      readonly friends?: unknown;
    };
    readonly signal?: {
      readonly name?: string;
      readonly capabilities?: readonly string[];
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly configWrites?: boolean;
      readonly enabled?: boolean;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly defaultTo?: string;
      readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly historyLimit?: number;
      readonly dmHistoryLimit?: number;
      readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
      readonly textChunkLimit?: number;
      readonly streaming?: ChannelsGooglechatStreaming;
      readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
      readonly healthMonitor?: DiagnosticsCacheTrace;
      readonly responsePrefix?: string;
      readonly mediaMaxMb?: number;
      readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
      readonly account?: string;
      readonly accountUuid?: string;
      readonly transport?: ChannelsSignalTransport;
      readonly ignoreAttachments?: boolean;
      readonly sendReadReceipts?: boolean;
      readonly aliases?: Readonly<Record<string, string>>;
      readonly groups?: Readonly<Record<string, ChannelsSignalGroups>>;
      readonly replyToModeByChatType?: ChannelsSignalReplyToModeByChatType;
      readonly reactionNotifications?: 'off' | 'own' | 'all' | 'allowlist' | Reference;
      readonly reactionAllowlist?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly reactionLevel?: 'off' | 'ack' | 'minimal' | 'extensive' | Reference;
      readonly actions?: ChannelsSignalActions;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly capabilities?: readonly string[];
            readonly markdown?: ChannelsBuzzMarkdown;
            readonly configWrites?: boolean;
            readonly enabled?: boolean;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly defaultTo?: string;
            readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
            readonly historyLimit?: number;
            readonly dmHistoryLimit?: number;
            readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
            readonly textChunkLimit?: number;
            readonly streaming?: ChannelsGooglechatStreaming;
            readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
            readonly healthMonitor?: DiagnosticsCacheTrace;
            readonly responsePrefix?: string;
            readonly mediaMaxMb?: number;
            readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
            readonly account?: string;
            readonly accountUuid?: string;
            readonly transport?: ChannelsSignalTransport;
            readonly ignoreAttachments?: boolean;
            readonly sendReadReceipts?: boolean;
            readonly aliases?: Readonly<Record<string, string>>;
            readonly groups?: Readonly<Record<string, ChannelsSignalGroups>>;
            readonly replyToModeByChatType?: ChannelsSignalReplyToModeByChatType;
            readonly reactionNotifications?: 'off' | 'own' | 'all' | 'allowlist' | Reference;
            readonly reactionAllowlist?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly reactionLevel?: 'off' | 'ack' | 'minimal' | 'extensive' | Reference;
            readonly actions?: ChannelsSignalActions;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly slack?: {
      readonly name?: string;
      readonly capabilities?: readonly string[];
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly configWrites?: boolean;
      readonly enabled?: boolean;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly defaultTo?: string;
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly mentionPatterns?: ChannelsDiscordMentionPatterns;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly historyLimit?: number;
      readonly dmHistoryLimit?: number;
      readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
      readonly textChunkLimit?: number;
      readonly streaming?: ChannelsSlackStreaming;
      readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
      readonly healthMonitor?: DiagnosticsCacheTrace;
      readonly responsePrefix?: string;
      readonly mediaMaxMb?: number;
      readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
      readonly joinIntro?: boolean;
      readonly postAs?: 'bot' | 'user' | Reference;
      readonly mode?: 'socket' | 'http' | 'relay' | Reference;
      readonly relay?: ChannelsSlackRelay;
      readonly signingSecret?: ChannelsBuzzPrivateKey;
      readonly webhookPath?: string;
      readonly execApprovals?: ChannelsMatrixExecApprovals;
      readonly commands?: ChannelsDiscordCommands;
      readonly botToken?: ChannelsBuzzPrivateKey;
      readonly appToken?: ChannelsBuzzPrivateKey;
      readonly userToken?: ChannelsBuzzPrivateKey;
      readonly userTokenReadOnly?: boolean;
      readonly allowBots?: ChannelsClickclackAllowBots;
      readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
      readonly dangerouslyAllowNameMatching?: boolean;
      readonly requireMention?: boolean;
      readonly implicitMentions?: ChannelsDefaultsImplicitMentions;
      readonly unfurlLinks?: boolean;
      readonly unfurlMedia?: boolean;
      readonly reactionNotifications?: 'off' | 'own' | 'all' | 'allowlist' | Reference;
      readonly reactionAllowlist?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly ackReaction?: string;
      readonly replyToModeByChatType?: ChannelsMattermostReplyToModeByChatType;
      readonly thread?: ChannelsSlackThread;
      readonly presenceEvents?: ChannelsSlackPresenceEvents;
      readonly actions?: ChannelsSlackActions;
      readonly slashCommand?: ChannelsSlackSlashCommand;
      readonly dm?: ChannelsSlackDm;
      readonly channels?: Readonly<Record<string, ChannelsSlackChannels>>;
      readonly typingReaction?: string;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly capabilities?: readonly string[];
            readonly markdown?: ChannelsBuzzMarkdown;
            readonly configWrites?: boolean;
            readonly enabled?: boolean;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly defaultTo?: string;
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly mentionPatterns?: ChannelsDiscordMentionPatterns;
            readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
            readonly historyLimit?: number;
            readonly dmHistoryLimit?: number;
            readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
            readonly textChunkLimit?: number;
            readonly streaming?: ChannelsSlackStreaming;
            readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
            readonly healthMonitor?: DiagnosticsCacheTrace;
            readonly responsePrefix?: string;
            readonly mediaMaxMb?: number;
            readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
            readonly joinIntro?: boolean;
            readonly postAs?: 'bot' | 'user' | Reference;
            readonly mode?: 'socket' | 'http' | 'relay' | Reference;
            readonly relay?: ChannelsSlackRelay;
            readonly signingSecret?: ChannelsBuzzPrivateKey;
            readonly webhookPath?: string;
            readonly execApprovals?: ChannelsMatrixExecApprovals;
            readonly commands?: ChannelsDiscordCommands;
            readonly botToken?: ChannelsBuzzPrivateKey;
            readonly appToken?: ChannelsBuzzPrivateKey;
            readonly userToken?: ChannelsBuzzPrivateKey;
            readonly userTokenReadOnly?: boolean;
            readonly allowBots?: ChannelsClickclackAllowBots;
            readonly botLoopProtection?: ChannelsDefaultsBotLoopProtection;
            readonly dangerouslyAllowNameMatching?: boolean;
            readonly requireMention?: boolean;
            readonly implicitMentions?: ChannelsDefaultsImplicitMentions;
            readonly unfurlLinks?: boolean;
            readonly unfurlMedia?: boolean;
            readonly reactionNotifications?: 'off' | 'own' | 'all' | 'allowlist' | Reference;
            readonly reactionAllowlist?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly ackReaction?: string;
            readonly replyToModeByChatType?: ChannelsMattermostReplyToModeByChatType;
            readonly thread?: ChannelsSlackThread;
            readonly presenceEvents?: ChannelsSlackPresenceEvents;
            readonly actions?: ChannelsSlackActions;
            readonly slashCommand?: ChannelsSlackSlashCommand;
            readonly dm?: ChannelsSlackDm;
            readonly channels?: Readonly<Record<string, ChannelsSlackChannels>>;
            readonly typingReaction?: string;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly sms?: {
      readonly name?: string;
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly mediaMaxMb?: number;
      readonly accountSid?: string;
      readonly authToken?: ChannelsBuzzPrivateKey;
      readonly fromNumber?: string;
      readonly messagingServiceSid?: string;
      readonly defaultTo?: string;
      readonly webhookPath?: string;
      readonly publicWebhookUrl?: string;
      readonly dangerouslyDisableSignatureValidation?: boolean;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly textChunkLimit?: number;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly enabled?: boolean;
            readonly configWrites?: boolean;
            readonly mediaMaxMb?: number;
            readonly accountSid?: string;
            readonly authToken?: ChannelsBuzzPrivateKey;
            readonly fromNumber?: string;
            readonly messagingServiceSid?: string;
            readonly defaultTo?: string;
            readonly webhookPath?: string;
            readonly publicWebhookUrl?: string;
            readonly dangerouslyDisableSignatureValidation?: boolean;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly textChunkLimit?: number;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly 'synology-chat'?: {
      readonly webhookUrl?: string;
      readonly dangerouslyAllowNameMatching?: boolean;
      readonly dangerouslyAllowInheritedWebhookPath?: boolean;
      readonly [key: string]: unknown;
    };
    readonly telegram?: {
      readonly name?: string;
      readonly capabilities?: ChannelsTelegramCapabilities;
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly configWrites?: boolean;
      readonly enabled?: boolean;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly defaultTo?: AgentsDefaultsSandboxDockerMemory;
      readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly mentionPatterns?: ChannelsDiscordMentionPatterns;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly historyLimit?: number;
      readonly dmHistoryLimit?: number;
      readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
      readonly textChunkLimit?: number;
      readonly streaming?: ChannelsDiscordStreaming;
      readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
      readonly healthMonitor?: DiagnosticsCacheTrace;
      readonly responsePrefix?: string;
      readonly mediaMaxMb?: number;
      readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
      readonly joinIntro?: boolean;
      readonly execApprovals?: ChannelsMatrixExecApprovals;
      readonly commands?: ChannelsDiscordCommands;
      readonly customCommands?: readonly ChannelsTelegramCustomCommands[];
      readonly botToken?: ChannelsBuzzPrivateKey;
      readonly tokenFile?: string;
      readonly groups?: Readonly<Record<string, ChannelsTelegramGroups>>;
      readonly direct?: Readonly<Record<string, ChannelsTelegramDirect>>;
      readonly richMessages?: boolean;
      readonly network?: ChannelsTelegramNetwork;
      readonly proxy?: string;
      readonly webhookUrl?: string;
      readonly webhookSecret?: ChannelsBuzzPrivateKey;
      readonly webhookPath?: string;
      readonly webhookHost?: string;
      readonly webhookPort?: number;
      readonly webhookCertPath?: string;
      readonly actions?: ChannelsTelegramActions;
      readonly threadBindings?: SessionThreadBindings;
      readonly reactionNotifications?: 'off' | 'own' | 'all' | Reference;
      readonly reactionLevel?: 'off' | 'ack' | 'minimal' | 'extensive' | Reference;
      readonly ackReaction?: string;
      readonly linkPreview?: boolean;
      readonly silentErrorReplies?: boolean;
      readonly errorPolicy?: 'always' | 'once' | 'silent' | Reference;
      readonly apiRoot?: string;
      readonly trustedLocalFileRoots?: readonly string[];
      readonly autoTopicLabel?: ChannelsTelegramDirectAutoTopicLabel;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly capabilities?: ChannelsTelegramCapabilities;
            readonly markdown?: ChannelsBuzzMarkdown;
            readonly configWrites?: boolean;
            readonly enabled?: boolean;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly defaultTo?: AgentsDefaultsSandboxDockerMemory;
            readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly mentionPatterns?: ChannelsDiscordMentionPatterns;
            readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
            readonly historyLimit?: number;
            readonly dmHistoryLimit?: number;
            readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
            readonly textChunkLimit?: number;
            readonly streaming?: ChannelsDiscordStreaming;
            readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
            readonly healthMonitor?: DiagnosticsCacheTrace;
            readonly responsePrefix?: string;
            readonly mediaMaxMb?: number;
            readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
            readonly joinIntro?: boolean;
            readonly execApprovals?: ChannelsMatrixExecApprovals;
            readonly commands?: ChannelsDiscordCommands;
            readonly customCommands?: readonly ChannelsTelegramCustomCommands[];
            readonly botToken?: ChannelsBuzzPrivateKey;
            readonly tokenFile?: string;
            readonly groups?: Readonly<Record<string, ChannelsTelegramGroups>>;
            readonly direct?: Readonly<Record<string, ChannelsTelegramDirect>>;
            readonly richMessages?: boolean;
            readonly network?: ChannelsTelegramNetwork;
            readonly proxy?: string;
            readonly webhookUrl?: string;
            readonly webhookSecret?: ChannelsBuzzPrivateKey;
            readonly webhookPath?: string;
            readonly webhookHost?: string;
            readonly webhookPort?: number;
            readonly webhookCertPath?: string;
            readonly actions?: ChannelsTelegramActions;
            readonly threadBindings?: SessionThreadBindings;
            readonly reactionNotifications?: 'off' | 'own' | 'all' | Reference;
            readonly reactionLevel?: 'off' | 'ack' | 'minimal' | 'extensive' | Reference;
            readonly ackReaction?: string;
            readonly linkPreview?: boolean;
            readonly silentErrorReplies?: boolean;
            readonly errorPolicy?: 'always' | 'once' | 'silent' | Reference;
            readonly apiRoot?: string;
            readonly trustedLocalFileRoots?: readonly string[];
            readonly autoTopicLabel?: ChannelsTelegramDirectAutoTopicLabel;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly tlon?: {
      readonly name?: string;
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly mediaMaxMb?: number;
      readonly ship?: string;
      readonly url?: string;
      readonly code?: string;
      readonly network?: ChannelsMatrixNetwork;
      readonly groupChannels?: readonly string[];
      readonly dmAllowlist?: readonly string[];
      readonly groupInviteAllowlist?: readonly string[];
      readonly autoDiscoverChannels?: boolean;
      readonly showModelSignature?: boolean;
      readonly responsePrefix?: string;
      readonly implicitMentions?: ChannelsDefaultsImplicitMentions;
      readonly autoAcceptDmInvites?: boolean;
      readonly autoAcceptGroupInvites?: boolean;
      readonly ownerShip?: string;
      readonly historyLimit?: number;
      readonly authorization?: {
        readonly channelRules?: Readonly<
          Record<
            string,
            {
              readonly mode?: 'restricted' | 'open' | Reference;
              readonly allowedShips?: readonly string[];
            }
          >
        >;
      };
      readonly defaultAuthorizedShips?: readonly string[];
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly enabled?: boolean;
            readonly configWrites?: boolean;
            readonly mediaMaxMb?: number;
            readonly ship?: string;
            readonly url?: string;
            readonly code?: string;
            readonly network?: ChannelsMatrixNetwork;
            readonly groupChannels?: readonly string[];
            readonly dmAllowlist?: readonly string[];
            readonly groupInviteAllowlist?: readonly string[];
            readonly autoDiscoverChannels?: boolean;
            readonly showModelSignature?: boolean;
            readonly responsePrefix?: string;
            readonly implicitMentions?: ChannelsDefaultsImplicitMentions;
            readonly autoAcceptDmInvites?: boolean;
            readonly autoAcceptGroupInvites?: boolean;
            readonly ownerShip?: string;
          }
        >
      >;
    };
    readonly twitch?:
      | {
          readonly name?: string;
          readonly enabled?: boolean;
          readonly configWrites?: boolean;
          readonly markdown?: ChannelsBuzzMarkdown;
          readonly defaultAccount?: string;
          readonly historyLimit?: number;
          readonly responsePrefix?: string;
          readonly username: string;
          readonly accessToken: string;
          readonly clientId?: string;
          readonly channel: string;
          readonly allowFrom?: readonly string[];
          readonly allowedRoles?: readonly (
            'moderator' | 'owner' | 'vip' | 'subscriber' | 'all' | Reference
          )[];
          readonly requireMention?: boolean;
          readonly clientSecret?: string;
          readonly refreshToken?: string;
          readonly expiresIn?: ChannelsTwitchExpiresIn;
          readonly obtainmentTimestamp?: number;
        }
      | {
          readonly name?: string;
          readonly enabled?: boolean;
          readonly configWrites?: boolean;
          readonly markdown?: ChannelsBuzzMarkdown;
          readonly defaultAccount?: string;
          readonly historyLimit?: number;
          readonly responsePrefix?: string;
          readonly accounts: Readonly<
            Record<
              string,
              {
                readonly username: string;
                readonly accessToken: string;
                readonly clientId?: string;
                readonly channel: string;
                readonly enabled?: boolean;
                readonly configWrites?: boolean;
                readonly allowFrom?: readonly string[];
                readonly allowedRoles?: readonly (
                  'moderator' | 'owner' | 'vip' | 'subscriber' | 'all' | Reference
                )[];
                readonly requireMention?: boolean;
                readonly responsePrefix?: string;
                readonly clientSecret?: string;
                readonly refreshToken?: string;
                readonly expiresIn?: ChannelsTwitchExpiresIn;
                readonly obtainmentTimestamp?: number;
              }
            >
          >;
        };
    readonly whatsapp?: {
      readonly capabilities?: readonly string[];
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly configWrites?: boolean;
      readonly enabled?: boolean;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly string[];
      readonly defaultTo?: string;
      readonly groupAllowFrom?: readonly string[];
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly mentionPatterns?: ChannelsDiscordMentionPatterns;
      readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
      readonly historyLimit?: number;
      readonly dmHistoryLimit?: number;
      readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
      readonly textChunkLimit?: number;
      readonly streaming?: ChannelsGooglechatStreaming;
      readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
      readonly healthMonitor?: DiagnosticsCacheTrace;
      readonly responsePrefix?: string;
      readonly mediaMaxMb?: number;
      readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
      readonly sendReadReceipts?: boolean;
      readonly selfChatMode?: boolean;
      readonly groups?: Readonly<Record<string, ChannelsImessageGroups>>;
      readonly direct?: Readonly<Record<string, ChannelsWhatsappDirect>>;
      readonly reactionLevel?: 'off' | 'ack' | 'minimal' | 'extensive' | Reference;
      readonly pluginHooks?: ChannelsWhatsappPluginHooks;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly capabilities?: readonly string[];
            readonly markdown?: ChannelsBuzzMarkdown;
            readonly configWrites?: boolean;
            readonly enabled?: boolean;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly allowFrom?: readonly string[];
            readonly defaultTo?: string;
            readonly groupAllowFrom?: readonly string[];
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly mentionPatterns?: ChannelsDiscordMentionPatterns;
            readonly contextVisibility?: 'all' | 'allowlist' | 'allowlist_quote' | Reference;
            readonly historyLimit?: number;
            readonly dmHistoryLimit?: number;
            readonly dms?: Readonly<Record<string, ChannelsDiscordDms>>;
            readonly textChunkLimit?: number;
            readonly streaming?: ChannelsGooglechatStreaming;
            readonly heartbeatVisibility?: ChannelsDefaultsHeartbeatVisibility;
            readonly healthMonitor?: DiagnosticsCacheTrace;
            readonly responsePrefix?: string;
            readonly mediaMaxMb?: number;
            readonly replyToMode?: 'off' | 'first' | 'all' | 'batched' | Reference;
            readonly sendReadReceipts?: boolean;
            readonly selfChatMode?: boolean;
            readonly groups?: Readonly<Record<string, ChannelsImessageGroups>>;
            readonly direct?: Readonly<Record<string, ChannelsWhatsappDirect>>;
            readonly reactionLevel?: 'off' | 'ack' | 'minimal' | 'extensive' | Reference;
            readonly pluginHooks?: ChannelsWhatsappPluginHooks;
            readonly name?: string;
            readonly authDir?: string;
          }
        >
      >;
      readonly defaultAccount?: string;
      readonly actions?: {
        readonly reactions?: boolean;
        readonly sendMessage?: boolean;
        readonly polls?: boolean;
        readonly calls?: boolean;
      };
    };
    readonly zalo?: {
      readonly name?: string;
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly botToken?: ChannelsBuzzPrivateKey;
      readonly tokenFile?: string;
      readonly webhookUrl?: string;
      readonly webhookSecret?: ChannelsBuzzPrivateKey;
      readonly webhookPath?: string;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly mediaMaxMb?: number;
      readonly proxy?: string;
      readonly responsePrefix?: string;
      readonly historyLimit?: number;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly enabled?: boolean;
            readonly configWrites?: boolean;
            readonly markdown?: ChannelsBuzzMarkdown;
            readonly botToken?: ChannelsBuzzPrivateKey;
            readonly tokenFile?: string;
            readonly webhookUrl?: string;
            readonly webhookSecret?: ChannelsBuzzPrivateKey;
            readonly webhookPath?: string;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly mediaMaxMb?: number;
            readonly proxy?: string;
            readonly responsePrefix?: string;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly zalouser?: {
      readonly name?: string;
      readonly enabled?: boolean;
      readonly configWrites?: boolean;
      readonly mediaMaxMb?: number;
      readonly markdown?: ChannelsBuzzMarkdown;
      readonly profile?: string;
      readonly dangerouslyAllowNameMatching?: boolean;
      readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
      readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly historyLimit?: number;
      readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
      readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
      readonly groups?: Readonly<Record<string, ChannelsZalouserGroups>>;
      readonly messagePrefix?: string;
      readonly responsePrefix?: string;
      readonly accounts?: Readonly<
        Record<
          string,
          {
            readonly name?: string;
            readonly enabled?: boolean;
            readonly configWrites?: boolean;
            readonly mediaMaxMb?: number;
            readonly markdown?: ChannelsBuzzMarkdown;
            readonly profile?: string;
            readonly dangerouslyAllowNameMatching?: boolean;
            readonly dmPolicy?: 'pairing' | 'allowlist' | 'open' | 'disabled' | Reference;
            readonly allowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly historyLimit?: number;
            readonly groupAllowFrom?: readonly AgentsDefaultsSandboxDockerMemory[];
            readonly groupPolicy?: 'open' | 'disabled' | 'allowlist' | Reference;
            readonly groups?: Readonly<Record<string, ChannelsZalouserGroups>>;
            readonly messagePrefix?: string;
            readonly responsePrefix?: string;
          }
        >
      >;
      readonly defaultAccount?: string;
    };
    readonly [key: string]: unknown;
  };
  readonly discovery?: {
    readonly wideArea?: {
      readonly domain?: string;
    };
    readonly mdns?: {
      readonly mode?: 'off' | 'minimal' | 'full' | Reference;
    };
  };
  readonly talk?: {
    readonly agentId?: string;
    readonly provider?: string;
    readonly providers?: Readonly<Record<string, TalkProviders>>;
    readonly realtime?: {
      readonly provider?: string;
      readonly providers?: Readonly<Record<string, TalkProviders>>;
      readonly model?: string;
      readonly speakerVoice?: string;
      readonly speakerVoiceId?: string;
      readonly instructions?: string;
      readonly mode?: 'realtime' | 'stt-tts' | 'transcription' | Reference;
      readonly transport?: 'webrtc' | 'provider-websocket' | 'gateway-relay' | 'managed-room' | Reference;
      readonly vadThreshold?: number;
      readonly silenceDurationMs?: number;
      readonly prefixPaddingMs?: number;
      readonly reasoningEffort?: string;
      readonly brain?: 'agent-consult' | 'direct-tools' | 'none' | Reference;
      readonly consultRouting?: 'provider-direct' | 'force-agent-consult' | Reference;
    };
    readonly consultThinkingLevel?:
      'off' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'adaptive' | 'max' | 'ultra' | Reference;
    readonly consultFastMode?: boolean;
    readonly speechLocale?: string;
    readonly interruptOnSpeech?: boolean;
    readonly silenceTimeoutMs?: number;
  };
  readonly gateway?: {
    readonly port?: number;
    readonly mode?: 'local' | 'remote' | Reference;
    readonly bind?: 'auto' | 'lan' | 'loopback' | 'custom' | 'tailnet' | Reference;
    readonly customBindHost?: string;
    readonly publicOrigin?: string;
    readonly portals?: {
      readonly ingress?: {
        readonly domain: string;
        readonly port: number;
      };
    };
    readonly controlUi?: {
      readonly dangerouslyDisableDeviceAuth?: boolean;
      readonly enabled?: boolean;
      readonly basePath?: string;
      readonly experimental?: {
        readonly customPlugins?: boolean;
      };
      readonly root?: string;
      readonly environment?: {
        readonly label: string;
        readonly color:
          'teal' | 'amber' | 'purple' | 'coral' | 'pink' | 'blue' | 'green' | 'red' | 'gray' | Reference;
      };
      readonly communityInvite?: boolean;
      readonly github?: {
        readonly token?: ModelsProvidersApiKey;
      };
      readonly sessionObserver?: boolean;
      readonly embedSandbox?: 'strict' | 'scripts' | 'trusted' | Reference;
      readonly allowExternalEmbedUrls?: boolean;
      readonly automaticallyFetchFavicons?: boolean;
      readonly allowedOrigins?: readonly string[];
      readonly dangerouslyAllowHostHeaderOriginFallback?: boolean;
    };
    readonly cliAgents?: DiagnosticsCacheTrace;
    readonly terminal?: {
      readonly enabled?: boolean;
      readonly shell?: string;
      readonly detachedSessionTimeoutSeconds?: number;
    };
    readonly auth?: {
      readonly mode?: 'none' | 'token' | 'password' | 'trusted-proxy' | Reference;
      readonly token?: ModelsProvidersApiKey;
      readonly password?: ModelsProvidersApiKey;
      readonly allowTailscale?: boolean;
      readonly identityScopes?: Readonly<
        Record<
          string,
          readonly (
            | 'operator.admin'
            | 'operator.read'
            | 'operator.write'
            | 'operator.sessions.read'
            | 'operator.sessions.write'
            | 'operator.approvals'
            | 'operator.questions'
            | 'operator.pairing'
            | 'operator.talk'
            | 'operator.talk.secrets'
            | Reference
          )[]
        >
      >;
      readonly rateLimit?: {
        readonly maxAttempts?: number;
        readonly windowMs?: number;
        readonly lockoutMs?: number;
        readonly exemptLoopback?: boolean;
      };
      readonly trustedProxy?: {
        readonly userHeader: string;
        readonly requiredHeaders?: readonly string[];
        readonly allowUsers?: readonly string[];
        readonly allowLoopback?: boolean;
        readonly cloudflareAccessOidc?: {
          readonly issuer: string;
          readonly providerId: string;
          readonly githubAccountIdClaim: string;
        };
        readonly deviceAutoApprove?: {
          readonly enabled?: boolean;
          readonly scopes?: readonly string[];
        };
      };
    };
    readonly roles?: {
      readonly default: string;
      readonly definitions: Readonly<
        Record<
          string,
          {
            readonly sessions: {
              readonly others: 'none' | 'view' | 'suggest' | 'write' | Reference;
            };
            readonly sandbox?: 'inherit' | 'required' | Reference;
            readonly agents: '*' | readonly string[];
            readonly scopes: readonly (
              | 'operator.admin'
              | 'operator.read'
              | 'operator.write'
              | 'operator.sessions.read'
              | 'operator.sessions.write'
              | 'operator.approvals'
              | 'operator.questions'
              | 'operator.pairing'
              | 'operator.talk'
              | 'operator.talk.secrets'
              | Reference
            )[];
            readonly accessPolicyPlugin?: string;
          }
        >
      >;
    };
    readonly trustedProxies?: readonly string[];
    readonly allowRealIpFallback?: boolean;
    readonly tools?: {
      readonly deny?: readonly string[];
      readonly allow?: readonly string[];
    };
    readonly tailscale?: {
      readonly mode?: 'off' | 'serve' | 'funnel' | Reference;
      readonly preserveFunnel?: boolean;
    };
    readonly remote?: {
      readonly url?: string;
      readonly transport?: 'ssh' | 'direct' | Reference;
      readonly remotePort?: number;
      readonly token?: ModelsProvidersApiKey;
      readonly password?: ModelsProvidersApiKey;
      readonly edgeAuth?: Readonly<Record<string, ModelsProvidersApiKey>>;
      readonly tlsFingerprint?: string;
      readonly sshTarget?: string;
      readonly sshIdentity?: string;
      readonly sshHostKeyPolicy?: 'strict' | 'openssh' | Reference;
    };
    readonly reload?: {
      readonly mode?: 'off' | 'hybrid' | Reference;
    };
    readonly tls?: {
      readonly enabled?: boolean;
      readonly autoGenerate?: boolean;
      readonly certPath?: string;
      readonly keyPath?: string;
      readonly caPath?: string;
      readonly [key: string]: unknown;
    };
    readonly http?: {
      readonly endpoints?: {
        readonly chatCompletions?: {
          readonly enabled?: boolean;
          readonly images?: GatewayHttpEndpointsChatCompletionsImages;
        };
        readonly responses?: {
          readonly enabled?: boolean;
          readonly maxUrlParts?: number;
          readonly files?: {
            readonly allowUrl?: boolean;
            readonly urlAllowlist?: readonly string[];
            readonly allowedMimes?: readonly string[];
            readonly maxBytes?: number;
            readonly maxRedirects?: number;
            readonly timeoutMs?: number;
            readonly maxChars?: number;
            readonly pdf?: {
              readonly maxPages?: number;
              readonly maxPixels?: number;
              readonly minTextChars?: number;
            };
          };
          readonly images?: GatewayHttpEndpointsChatCompletionsImages;
        };
      };
      readonly securityHeaders?: {
        readonly strictTransportSecurity?: CronSessionRetention;
      };
    };
    readonly push?: {
      readonly apns?: {
        readonly relay?: {
          readonly baseUrl?: string;
          readonly timeoutMs?: number;
        };
      };
    };
    readonly nodes?: {
      readonly browser?: {
        readonly mode?: 'auto' | 'manual' | 'off' | Reference;
        readonly node?: string;
      };
      readonly pairing?: {
        readonly autoApproveLocal?: boolean;
        readonly autoApproveCidrs?: readonly string[];
        readonly sshVerify?:
          | boolean
          | {
              readonly user?: string;
              readonly identity?: string;
              readonly timeoutMs?: number;
              readonly cidrs?: readonly string[];
            };
      };
      readonly pluginTools?: DiagnosticsCacheTrace;
      readonly allowSkills?: boolean;
      readonly commands?: AgentsDefaultsContextPruningTools;
    };
  };
  readonly cloudWorkers?: {
    readonly desktop?: boolean;
    readonly preparedPool?: {
      readonly maxTotal?: number;
    };
    readonly projectProfiles?: Readonly<Record<string, string>>;
    readonly profiles?: Readonly<
      Record<
        string,
        {
          readonly provider: string;
          readonly install?: 'bundle' | 'npm' | Reference;
          readonly suspendAfter?: string;
          readonly readyWorkers?: number;
          readonly settings?: Readonly<Record<string, unknown>>;
        }
      >
    >;
  };
  readonly desktop?: {
    readonly host?: {
      readonly enabled: boolean;
      readonly managed?: boolean;
      readonly port?: number;
      readonly passwordFile?: string;
    };
  };
  readonly memory?: {
    readonly citations?: 'auto' | 'on' | 'off' | Reference;
    readonly search?: AgentsEntriesMemorySearch;
  };
  readonly mcp?: {
    readonly sessionIdleTtlMs?: number;
    readonly servers?: Readonly<Record<string, NodeHostMcpServers>>;
    readonly apps?: {
      readonly enabled?: boolean;
      readonly sandboxOrigin?: string;
      readonly sandboxPort?: number;
    };
  };
  readonly skills?: {
    readonly allowBundled?: readonly string[];
    readonly load?: {
      readonly extraDirs?: readonly string[];
      readonly allowSymlinkTargets?: readonly string[];
      readonly watch?: boolean;
    };
    readonly install?: {
      readonly preferBrew?: boolean;
      readonly nodeManager?: 'npm' | 'pnpm' | 'yarn' | 'bun' | Reference;
      readonly allowUploadedArchives?: boolean;
    };
    readonly limits?: {
      readonly maxCandidatesPerRoot?: number;
      readonly maxSkillsLoadedPerSource?: number;
      readonly maxSkillsInPrompt?: number;
      readonly maxSkillsPromptChars?: number;
      readonly maxSkillFileBytes?: number;
    };
    readonly workshop?: {
      readonly autonomous?: {
        readonly mode?: 'off' | 'propose' | 'auto' | Reference;
      };
      readonly approvalPolicy?: 'pending' | 'auto' | Reference;
      readonly maxPending?: number;
      readonly maxSkillBytes?: number;
    };
    readonly entries?: Readonly<
      Record<
        string,
        {
          readonly enabled?: boolean;
          readonly apiKey?: ModelsProvidersApiKey;
          readonly env?: Readonly<Record<string, string>>;
          readonly config?: Readonly<Record<string, unknown>>;
        }
      >
    >;
  };
  readonly plugins?: {
    readonly enabled?: boolean;
    readonly allow?: readonly string[];
    readonly deny?: readonly string[];
    readonly load?: {
      readonly paths?: readonly string[];
    };
    readonly slots?: {
      readonly memory?: string;
      readonly contextEngine?: string;
    };
    readonly entries?: {
      readonly a2a?: PluginsEntriesA2a;
      readonly 'active-memory'?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly enabled?: boolean;
          readonly mode?: 'escalate' | 'always' | 'off' | Reference;
          readonly agents?: readonly string[];
          readonly model?: string;
          readonly modelFallback?: string;
          readonly modelFallbackPolicy?: 'default-remote' | 'resolved-only' | Reference;
          readonly allowedChatTypes?: readonly ('direct' | 'group' | 'channel' | 'explicit' | Reference)[];
          readonly allowedChatIds?: readonly string[];
          readonly deniedChatIds?: readonly string[];
          readonly thinking?:
            'off' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'adaptive' | 'max' | Reference;
          readonly fastMode?: AgentsDefaultsFastModeDefault;
          readonly timeoutMs?: number;
          readonly setupGraceTimeoutMs?: number;
          readonly queryMode?: 'message' | 'recent' | 'full' | Reference;
          readonly promptStyle?:
            | 'balanced'
            | 'strict'
            | 'contextual'
            | 'recall-heavy'
            | 'precision-heavy'
            | 'preference-only'
            | Reference;
          readonly toolsAllow?: readonly string[];
          readonly promptOverride?: string;
          readonly promptAppend?: string;
          readonly maxSummaryChars?: number;
          readonly recentUserTurns?: number;
          readonly recentAssistantTurns?: number;
          readonly recentUserChars?: number;
          readonly recentAssistantChars?: number;
          readonly logging?: boolean;
          readonly persistTranscripts?: boolean;
          readonly transcriptDir?: string;
          readonly cacheTtlMs?: number;
          readonly circuitBreakerMaxTimeouts?: number;
          readonly circuitBreakerCooldownMs?: number;
        };
      };
      readonly 'admin-http-rpc'?: PluginsEntriesA2a;
      readonly alibaba?: PluginsEntriesA2a;
      readonly anthropic?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly sessionCatalog?: DiagnosticsCacheTrace;
        };
      };
      readonly 'apple-fm'?: PluginsEntriesA2a;
      readonly 'azure-speech'?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly apiKey?: string;
          readonly region?: string;
          readonly endpoint?: string;
          readonly baseUrl?: string;
          readonly voice?: string;
          readonly lang?: string;
          readonly outputFormat?: string;
          readonly voiceNoteOutputFormat?: string;
        };
      };
      readonly beam?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly mirror?: {
            readonly endpoint: string;
            readonly token?: MessagesUsageTemplate;
            readonly catalogs: readonly string[];
            readonly pollSeconds?: number;
            readonly activeWindowMinutes?: number;
          };
        };
      };
      readonly bonjour?: PluginsEntriesA2a;
      readonly browser?: PluginsEntriesA2a;
      readonly canvas?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly host?: DiagnosticsCacheTrace;
        };
      };
      readonly clawrouter?: PluginsEntriesA2a;
      readonly 'code-mode-quickjs'?: PluginsEntriesA2a;
      readonly 'copilot-proxy'?: PluginsEntriesA2a;
      readonly crabbox?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly sandbox?: {
            readonly provider?: string;
            readonly class?: string;
            readonly ttl?: string;
            readonly idleTimeout?: string;
            readonly binary?: string;
          };
          readonly warmImages?: {
            readonly refreshAfter?: string;
            readonly retainUnused?: string;
            readonly keepPrevious?: 0 | 1;
          };
        };
      };
      readonly 'cua-computer'?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly driverPath?: string;
        };
      };
      readonly deepgram?: PluginsEntriesA2a;
      readonly 'device-pair'?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly publicUrl?: string;
        };
      };
      readonly 'document-extract'?: PluginsEntriesA2a;
      readonly elevenlabs?: PluginsEntriesA2a;
      readonly fal?: PluginsEntriesA2a;
      readonly 'file-transfer'?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly workspaces?: Readonly<
            Record<
              string,
              {
                readonly nodeId: string;
                readonly remoteRoot: string;
              }
            >
          >;
          readonly policyVersion?: 2;
          readonly literalGrants?: readonly {
            readonly nodeId: string;
            readonly command:
              | 'file.fetch'
              | 'file.stat'
              | 'dir.list'
              | 'dir.fetch'
              | 'file.write'
              | 'file.create'
              | Reference;
            readonly requestedPath: string;
            readonly canonicalPath: string;
          }[];
          readonly pendingReapprovals?: readonly {
            readonly selector: string;
            readonly kind: 'read' | 'write' | Reference;
            readonly path: string;
          }[];
          readonly nodes?: Readonly<
            Record<
              string,
              {
                readonly ask?: 'off' | 'on-miss' | 'always' | Reference;
                readonly allowReadPaths?: readonly string[];
                readonly allowWritePaths?: readonly string[];
                readonly denyPaths?: readonly string[];
                readonly maxBytes?: number;
                readonly followSymlinks?: boolean;
              }
            >
          >;
        };
      };
      readonly geolocation?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly databaseUrl?: string;
          readonly attributionText?: string;
          readonly attributionUrl?: string;
          readonly refreshDays?: number;
        };
      };
      readonly github?: PluginsEntriesA2a;
      readonly 'github-copilot'?: PluginsEntriesA2a;
      readonly google?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly webSearch?: {
            readonly apiKey?: MessagesUsageTemplate;
            readonly model?: string;
            readonly baseUrl?: string;
            readonly headers?: Readonly<Record<string, MessagesUsageTemplate>>;
          };
        };
      };
      readonly huggingface?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly discovery?: DiagnosticsCacheTrace;
        };
      };
      readonly imap?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly accounts?: Readonly<
            Record<
              string,
              {
                readonly host: string;
                readonly port?: number;
                readonly secure?: boolean;
                readonly user: string;
                readonly password: PluginsEntriesImapConfigAccountsPassword;
                readonly mailbox?: string;
                readonly watch?: {
                  readonly mode?: 'auto' | 'idle' | 'interval' | Reference;
                  readonly pollSeconds?: number;
                };
                readonly allowedSenders?: readonly string[];
                readonly senderAuth?: {
                  readonly min?: 'verified' | 'asserted' | 'unverified' | 'mutable' | Reference;
                  readonly trustedAuthservIds?: readonly string[];
                  readonly acceptTrustedAuthservId?: boolean;
                };
                readonly addressTokens?: readonly {
                  readonly token: string;
                  readonly senders: readonly string[];
                }[];
                readonly agentId: string;
                readonly deliver?: boolean;
                readonly includeBody?: boolean;
                readonly maxBytes?: number;
                readonly model?: string;
                readonly thinking?:
                  | 'off'
                  | 'minimal'
                  | 'low'
                  | 'medium'
                  | 'high'
                  | 'xhigh'
                  | 'adaptive'
                  | 'max'
                  | 'ultra'
                  | Reference;
                readonly timeoutSeconds?: number;
              }
            >
          >;
        };
      };
      readonly 'linux-node'?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly notify?: DiagnosticsCacheTrace;
          readonly camera?: DiagnosticsCacheTrace;
          readonly location?: DiagnosticsCacheTrace;
        };
      };
      readonly litellm?: PluginsEntriesA2a;
      readonly 'llm-task'?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly defaultProvider?: string;
          readonly defaultModel?: string;
          readonly defaultAuthProfileId?: string;
          readonly maxTokens?: number;
          readonly timeoutMs?: number;
        };
      };
      readonly lmstudio?: PluginsEntriesA2a;
      readonly logbook?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly captureEnabled?: boolean;
          readonly captureIntervalSeconds?: number;
          readonly analysisIntervalMinutes?: number;
          readonly nodeId?: string;
          readonly screenIndex?: number;
          readonly maxWidth?: number;
          readonly visionModel?: string;
          readonly retentionDays?: number;
        };
      };
      readonly 'memory-core'?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly memoryPolicy?: {
            readonly excludeSessions?: {
              readonly hookExternalContentSources?: readonly string[];
              readonly channels?: readonly string[];
              readonly chatTypes?: readonly ('direct' | 'group' | 'channel' | Reference)[];
            };
          };
          readonly dreaming?: {
            readonly enabled?: boolean;
            readonly frequency?: string;
            readonly model?: string;
            readonly timezone?: string;
            readonly verboseLogging?: boolean;
            readonly storage?: {
              readonly mode?: 'inline' | 'separate' | 'both' | Reference;
              readonly separateReports?: boolean;
            };
            readonly execution?: {
              readonly defaults?: PluginsEntriesMemoryCoreConfigDreamingExecutionDefaults;
            };
            readonly phases?: {
              readonly light?: {
                readonly enabled?: boolean;
                readonly lookbackDays?: number;
                readonly limit?: number;
                readonly dedupeSimilarity?: number;
                readonly execution?: PluginsEntriesMemoryCoreConfigDreamingExecutionDefaults;
              };
              readonly deep?: {
                readonly enabled?: boolean;
                readonly limit?: number;
                readonly minScore?: number;
                readonly minRecallCount?: number;
                readonly minUniqueQueries?: number;
                readonly recencyHalfLifeDays?: number;
                readonly maxAgeDays?: number;
                readonly maxPromotedSnippetTokens?: number;
                readonly maxPriorEntryLossFraction?: number;
                readonly execution?: PluginsEntriesMemoryCoreConfigDreamingExecutionDefaults;
              };
              readonly rem?: {
                readonly enabled?: boolean;
                readonly lookbackDays?: number;
                readonly limit?: number;
                readonly minPatternStrength?: number;
                readonly execution?: PluginsEntriesMemoryCoreConfigDreamingExecutionDefaults;
              };
            };
          };
        };
      };
      readonly 'memory-wiki'?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly vaultMode?: 'isolated' | 'bridge' | 'unsafe-local' | Reference;
          readonly vault?: {
            readonly scope?: 'global' | 'agent' | Reference;
            readonly path?: string;
            readonly renderMode?: 'native' | 'obsidian' | Reference;
          };
          readonly obsidian?: {
            readonly enabled?: boolean;
            readonly useOfficialCli?: boolean;
            readonly vaultName?: string;
            readonly openAfterWrites?: boolean;
          };
          readonly bridge?: {
            readonly enabled?: boolean;
            readonly readMemoryArtifacts?: boolean;
            readonly indexDreamReports?: boolean;
            readonly indexDailyNotes?: boolean;
            readonly indexMemoryRoot?: boolean;
            readonly followMemoryEvents?: boolean;
          };
          readonly unsafeLocal?: {
            readonly allowPrivateMemoryCoreAccess?: boolean;
            readonly paths?: readonly string[];
          };
          readonly ingest?: {
            readonly autoCompile?: boolean;
            readonly maxConcurrentJobs?: number;
            readonly allowUrlIngest?: boolean;
          };
          readonly search?: {
            readonly backend?: 'shared' | 'local' | Reference;
            readonly corpus?: 'wiki' | 'memory' | 'all' | Reference;
          };
          readonly context?: {
            readonly includeCompiledDigestPrompt?: boolean;
          };
          readonly render?: {
            readonly preserveHumanBlocks?: boolean;
            readonly createBacklinks?: boolean;
            readonly createDashboards?: boolean;
          };
        };
      };
      readonly microsoft?: PluginsEntriesA2a;
      readonly 'microsoft-foundry'?: PluginsEntriesA2a;
      readonly 'migrate-claude'?: PluginsEntriesA2a;
      readonly 'migrate-hermes'?: PluginsEntriesA2a;
      readonly minimax?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly webSearch?: {
            readonly apiKey?: MessagesUsageTemplate;
            readonly region?: 'global' | 'cn' | Reference;
          };
        };
      };
      readonly nvidia?: PluginsEntriesA2a;
      readonly 'oc-path'?: PluginsEntriesA2a;
      readonly ollama?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly discovery?: DiagnosticsCacheTrace;
          readonly nodeInference?: DiagnosticsCacheTrace;
          readonly webSearch?: {
            readonly baseUrl?: string;
          };
        };
      };
      readonly onepassword?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly vault?: string;
          readonly opBin?: string;
          readonly defaultPolicy?: 'auto' | 'approve' | 'deny' | Reference;
          readonly cacheTtlSeconds?: number;
          readonly grantTtlHours?: number;
          readonly opTimeoutMs?: number;
          readonly items?: Readonly<
            Record<
              string,
              {
                readonly item: string;
                readonly vault?: string;
                readonly field?: string;
                readonly policy?: 'auto' | 'approve' | 'deny' | Reference;
                readonly description?: string;
              }
            >
          >;
        };
      };
      readonly openai?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly personality?: 'friendly' | 'on' | 'off' | Reference;
        };
      };
      readonly 'opencode-go'?: PluginsEntriesA2a;
      readonly openrouter?: PluginsEntriesA2a;
      readonly policy?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly enabled?: boolean;
          readonly workspaceRepairs?: boolean;
          readonly expectedHash?: string;
          readonly expectedAttestationHash?: string;
          readonly path?: string;
        };
      };
      readonly reef?: PluginsEntriesA2a;
      readonly runway?: PluginsEntriesA2a;
      readonly senseaudio?: PluginsEntriesA2a;
      readonly 'session-share'?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly share?: {
            readonly groups: readonly string[];
          };
          readonly nodes?: Readonly<
            Record<
              string,
              {
                readonly owner?: string;
                readonly linkGitHubIdentities?: boolean;
              }
            >
          >;
        };
      };
      readonly sglang?: PluginsEntriesA2a;
      readonly 'talk-voice'?: PluginsEntriesA2a;
      readonly telegram?: PluginsEntriesA2a;
      readonly together?: PluginsEntriesA2a;
      readonly 'tts-local-cli'?: PluginsEntriesA2a;
      readonly vault?: PluginsEntriesA2a;
      readonly vllm?: PluginsEntriesA2a;
      readonly 'web-readability'?: PluginsEntriesA2a;
      readonly webhooks?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly routes?: Readonly<
            Record<
              string,
              {
                readonly enabled?: boolean;
                readonly path?: string;
                readonly sessionKey: string;
                readonly secret: PluginsEntriesImapConfigAccountsPassword;
                readonly controllerId?: string;
                readonly description?: string;
              }
            >
          >;
        };
      };
      readonly workboard?: PluginsEntriesA2a;
      readonly xai?: {
        readonly enabled?: boolean;
        readonly hooks?: PluginsEntriesA2aHooks;
        readonly subagent?: PluginsEntriesA2aSubagent;
        readonly llm?: PluginsEntriesA2aLlm;
        readonly config?: {
          readonly webSearch?: {
            readonly apiKey?: MessagesUsageTemplate;
            readonly model?: string;
            readonly baseUrl?: string;
            readonly inlineCitations?: boolean;
          };
          readonly xSearch?: {
            readonly enabled?: boolean;
            readonly model?: string;
            readonly baseUrl?: string;
            readonly inlineCitations?: boolean;
            readonly maxTurns?: number;
            readonly timeoutSeconds?: number;
            readonly cacheTtlMinutes?: number;
          };
          readonly codeExecution?: {
            readonly enabled?: boolean;
            readonly model?: string;
            readonly maxTurns?: number;
            readonly timeoutSeconds?: number;
          };
        };
      };
      readonly [key: string]: unknown;
    };
  };
  readonly surfaces?: Readonly<
    Record<
      string,
      {
        readonly silentReply?: AgentsDefaultsSilentReply;
      }
    >
  >;
  readonly proxy?: {
    readonly enabled?: boolean;
    readonly proxyUrl?: string;
    readonly tls?: {
      readonly caFile?: string;
    };
    readonly loopbackMode?: 'gateway-only' | 'proxy' | 'block' | Reference;
  };
}
