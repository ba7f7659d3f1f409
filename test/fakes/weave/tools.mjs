// What `docker`, `curl` and `ping` do that is more than printing a file of the host's folder.
import { writeFileSync } from 'node:fs';
import { reachable } from './links.mjs';

export function docker({ host, args }) {
  const line = args.join(' ');
  if (host.engine === null) {
    return { exit: 1, stderr: 'Cannot connect to the Docker daemon. Is it running?\n' };
  }
  if (args[0] === 'logs') return { exit: 0, stderr: `${host.log.join('\n')}\n` };
  if (args[0] === 'pull') return pull(host, args.at(-1));
  return { exit: 64, stderr: `the stand-in for docker does not know: ${line}\n` };
}

function pull(host, image) {
  if (!host.registry.includes(image)) {
    return { exit: 1, stderr: `Error response from daemon: manifest for ${image} not found\n` };
  }
  host.images.push(image);
  return { exit: 0, stdout: `${image}\n` };
}

export function curl({ host, args }) {
  const url = args.at(-1);
  const output = args[args.indexOf('-o') + 1];
  const found = host.downloads[url];
  if (found === undefined) {
    return { exit: 22, stderr: 'curl: (22) The requested URL returned error: 404\n' };
  }
  writeFileSync(output, found);
  return { exit: 0 };
}

/** As iputils prints it with `-q`. */
export function ping({ lan, host, args }) {
  const address = args.at(-1);
  const to = reachable(lan, host).find(({ exposed }) =>
    exposed.some((cidr) => cidr.startsWith(`${address}/`)),
  );
  const head = `PING ${address} (${address}) 56(84) bytes of data.\n\n--- ${address} ping statistics ---\n`;
  if (to === undefined || host.exposed.length === 0) {
    const stdout = `${head}4 packets transmitted, 0 received, 100% packet loss, time 1018ms\n\n`;
    return { exit: 1, stdout };
  }
  const stdout = `${head}4 packets transmitted, 4 received, 0% packet loss, time 1203ms\nrtt min/avg/max/mdev = 0.749/1.240/1.731/0.491 ms\n`;
  return { exit: 0, stdout };
}
