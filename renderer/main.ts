import { mount } from 'svelte';
import type { Bridge } from '../preload/contract/bridge.ts';
import App from './app/App.svelte';
import { loopbackBridge } from './client/loopback-bridge.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/buttons.css';
import './styles/panes.css';
import './styles/stage.css';
import './styles/tables.css';
import './styles/charts.css';
import './styles/inputs.css';
import './styles/chips.css';
import './styles/feedback.css';
import './styles/contrast.css';

declare global {
  interface Window {
    /** Put there by the preload script; absent in a browser. */
    readonly vitrine?: Bridge;
  }
}

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
mount(App, { target, props: { bridge: window.vitrine ?? loopbackBridge(location) } });
