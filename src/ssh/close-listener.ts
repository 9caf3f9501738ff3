import type { CloseCause } from '../core/close-cause.js';

/** Told once when a connection is gone: a few words for a person, without a full stop, and the cause for who counts. */
export type CloseListener = (because: string, cause: CloseCause) => void;
