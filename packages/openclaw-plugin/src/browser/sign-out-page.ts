/// <reference lib="dom" />
/**
 * The part that runs in people's browsers, in OpenClaw's Control UI: the entry "Sign out" beside its own.
 * https://docs.openclaw.ai/plugins/feature-plugins
 */
interface ControlUi {
  readonly ui: {
    registerPage(page: { id: string; label: string; mount: (container: HTMLElement) => void }): unknown;
    registerNavigation(item: {
      id: string;
      label: string;
      icon: string;
      order: number;
      page: { id: string };
    }): unknown;
  };
}

const id = 'sign-out';
const label = 'Sign out';
/** As in ../sign-out/route.ts, which must not come into the browser with what it imports. */
const path = '/clawharbor/logout';

export default {
  id: 'clawharbor',
  activate({ ui }: ControlUi): void {
    ui.registerPage({ id, label, mount });
    // Behind everything that people go to in their day.
    ui.registerNavigation({ id, label, icon: 'log-out', order: 1000, page: { id } });
  },
};

/** A page with a button: who comes here by mistake, or reloads it, is still signed in. */
function mount(container: HTMLElement): void {
  const words = document.createElement('p');
  words.textContent = 'You will have to sign in again to use this pod in this browser.';
  const button = document.createElement('button');
  button.className = 'btn primary';
  button.textContent = label;
  // Not a form: the Control UI lets none lead to the login page of another origin.
  button.addEventListener('click', () => location.assign(path));
  const page = document.createElement('section');
  page.style.padding = '1.5rem';
  page.append(words, button);
  container.replaceChildren(page);
}
