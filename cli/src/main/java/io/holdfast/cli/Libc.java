package io.holdfast.cli;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The system's calls about users, which Java does not have. All but `getpwnam` and `strerror` give
/// 0 where they did it.
///
/// Linux itself knows a user for each thread. These are the C library's functions and not the bare
/// system calls, so they change all threads of the process.
interface Libc extends Library {
  static Libc load() {
    return Native.load(Platform.C_LIBRARY_NAME, Libc.class);
  }

  /// @return a `struct passwd`, valid until the next call; null where there is no such user
  @Nullable Pointer getpwnam(String name);

  int initgroups(String user, int group);

  int setgid(int group);

  int setuid(int user);

  String strerror(int number);

  /// A `struct passwd` begins everywhere with name and password, and the two numbers follow. Then
  /// comes the comment, but where the system is a BSD, as macOS is, a time and a class stand before
  /// it. Then the home.
  static UnixUser user(String name, Pointer passwd) {
    long uid = 2L * Native.POINTER_SIZE;
    long comment = uid + 2 * Integer.BYTES;
    if (!Platform.isLinux()) {
      comment += Native.LONG_SIZE + Native.POINTER_SIZE;
    }
    return new UnixUser(
        name,
        passwd.getInt(uid),
        passwd.getInt(uid + Integer.BYTES),
        Path.of(passwd.getPointer(comment + Native.POINTER_SIZE).getString(0)));
  }
}
