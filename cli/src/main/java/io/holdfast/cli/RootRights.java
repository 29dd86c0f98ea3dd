package io.holdfast.cli;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/// Root's rights, and how this process loses them for good.
final class RootRights {
  private final Libc libc;
  private final String name;

  private RootRights(Libc libc, String name) {
    this.libc = libc;
    this.name = name;
  }

  /// Makes the whole process `name`'s. Where this throws, the process must end: it may have given
  /// up a part of what it was.
  static UnixUser giveUpFor(String name) throws RunningUserException {
    try {
      return new RootRights(Libc.load(), name).giveUp();
    } catch (LinkageError e) {
      throw new RunningUserException(name, "the C library cannot be called: " + e.getMessage());
    }
  }

  private UnixUser giveUp() throws RunningUserException {
    Pointer passwd = libc.getpwnam(name);
    if (passwd == null) {
      throw new RunningUserException(name, "there is no such user.");
    }
    UnixUser user = Libc.user(name, passwd);
    // In this order: who is not root any more may choose neither groups nor group.
    check(libc.initgroups(name, user.gid()), "initgroups");
    check(libc.setgid(user.gid()), "setgid");
    check(libc.setuid(user.uid()), "setuid");
    if (user.uid() != 0 && libc.setuid(0) == 0) {
      throw new RunningUserException(name, "root's rights came back when asked for.");
    }
    return user;
  }

  private void check(int result, String call) throws RunningUserException {
    if (result != 0) {
      // Asked for before the next call, which would put its own in its place.
      int number = Native.getLastError();
      throw new RunningUserException(
          name, "root's rights cannot be given up: %s: %s.".formatted(call, libc.strerror(number)));
    }
  }
}
