export { certificateFor, type Certificate } from './certificate.ts';
export { trustingFetch, type TrustingFetch } from './trusting-fetch.ts';
