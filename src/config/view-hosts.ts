import { list, number, object, text, type Properties } from './view-values.js';

/** A host as far as its shape permits. */
export interface HostView {
  readonly path: string;
  /** Its own id, or its address. */
  readonly id: string | undefined;
  readonly hasId: boolean;
  readonly address: string | undefined;
  readonly privateAddress: string | undefined;
  readonly port: number | undefined;
  readonly role: string | undefined;
  readonly login: LoginView;
  readonly jumps: readonly TextView[];
}

/** Who logs in, as far as it is written; also of the defaults. */
export interface LoginView {
  readonly user: string | undefined;
  /** Where `sudo` is written, and whether it says that there is none. */
  readonly sudo: { readonly path: string; readonly isNone: boolean } | undefined;
}

/** A string and where it is. */
export interface TextView {
  readonly path: string;
  readonly text: string;
}

/** Whatever is written as a host. */
export function hostView(value: unknown, path: string): HostView {
  const host = object(value);
  const address = text(host['address']);
  return {
    path,
    id: text(host['id']) ?? address,
    hasId: host['id'] !== undefined,
    address,
    privateAddress: text(host['private_address']),
    port: number(host['port']),
    role: text(host['role']),
    login: loginView(host, path),
    jumps: jumpViews(host, path),
  };
}

export function loginView(settings: Properties, path: string): LoginView {
  const { sudo } = settings;
  return {
    user: text(settings['user']),
    sudo: sudo === undefined ? undefined : { path: `${path}.sudo`, isNone: sudo === 'none' },
  };
}

/** The jump hosts of a host, or of the defaults, that are written as a text. */
export function jumpViews(settings: Properties, path: string): readonly TextView[] {
  return list(settings['jump']).flatMap((jump, at) => {
    const written = text(jump);
    return written === undefined ? [] : [{ path: `${path}.jump[${String(at)}]`, text: written }];
  });
}
