export { SshConnector, type SshConnectorOptions } from './ssh-connector.js';
