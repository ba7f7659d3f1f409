// Loaded before a program: writes its peak resident memory in bytes when it ends.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  writeFileSync(
    process.env.CROSSFLOCK_BENCH_MEMORY,
    String(process.resourceUsage().maxRSS * 1024), // kilobytes: getrusage(2)
  );
});
