// The fix text of STIG V-281700 made to work, for mongosh: list all user sessions, say which must end. As there, the
// listing comes to the client row by row. The text's own command is left out: it ends the sessions of everybody.
const idleSince = new Date(Date.now() - Number(process.env.BENCH_LIMIT));
let idle = 0;
let listed = 0;
db.getSiblingDB('config')
  .system.sessions.aggregate([{ $listSessions: { allUsers: true } }])
  .forEach((session) => {
    listed += 1;
    if (session.lastUse < idleSince) {
      idle += 1;
      print(`would end: ${session.user?.name} ${session._id.id}`);
    }
  });
print(`${idle} of ${listed}`);
