// Plain JavaScript of the oldest kind, so that an old Node prints a sentence and not a syntax error.
'use strict';

var FLOOR = [22, 18];

function tooOld(version) {
  var parts = version.split('.').map(Number);
  return parts[0] < FLOOR[0] || (parts[0] === FLOOR[0] && parts[1] < FLOOR[1]);
}

/** Runs the program as the command a person typed. */
module.exports = function launch(command) {
  if (tooOld(process.versions.node)) {
    process.stderr.write(
      command +
        ': needs node ' +
        FLOOR.join('.') +
        ' or newer, this is ' +
        process.versions.node +
        '; scripts/demo brings one along\n',
    );
    process.exitCode = 1;
    return;
  }
  import('../dist/main.js').then(
    function (program) {
      return program.main(command, process.argv.slice(2));
    },
    function (error) {
      process.stderr.write(
        command +
          ': is not built yet (' +
          String(error.message).split('\n')[0] +
          '); run npm run build, or scripts/demo, which does\n',
      );
      process.exitCode = 1;
    },
  );
};
