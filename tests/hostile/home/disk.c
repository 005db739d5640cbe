/* Stands between one command and the disk: counts its storage calls below TEST_DISK_ROOT, and makes one of them fail.
   Every call goes to the kernel directly, so nothing here depends on what the program links.

   TEST_DISK_AT     the number of the call; 0 or none: no call, and TEST_DISK_LOG lists them all
   TEST_DISK_DO     kill, end (asked to, by SIGTERM), short (half of a write), full (it fails if it takes room), or the
                    number of an error
   TEST_DISK_ON     set: from this call on, until the process ends
   TEST_DISK_LOG    where the call that was hit is written
   TEST_DISK_WIRES  set: what is sent to a socket in the file system counts as well
   TEST_DISK_LOCKS  set: a lock of a part of a file counts as well, though it stores nothing
   TEST_DISK_FULL   while this file exists, whatever takes room fails
   TEST_DISK_GATE   the first lock waits here: one byte into GATE.here, then until GATE.go is opened for writing */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { PLAIN, ROOM };
enum { NONE, FILES, WIRE };
enum { MOST = 4096, HALF = 1 << 20 };

static unsigned char kind_of[MOST];
static char name_of[MOST][64];
static long count, at;
static int passed_gate;
static const char *root, *act, *full, *logged, *gate;
static int on, wires, locks;

__attribute__((constructor)) static void begin(void) {
    root = getenv("TEST_DISK_ROOT");
    act = getenv("TEST_DISK_DO");
    full = getenv("TEST_DISK_FULL");
    logged = getenv("TEST_DISK_LOG");
    gate = getenv("TEST_DISK_GATE");
    at = getenv("TEST_DISK_AT") ? atol(getenv("TEST_DISK_AT")) : 0;
    on = getenv("TEST_DISK_ON") != NULL;
    wires = getenv("TEST_DISK_WIRES") != NULL;
    locks = getenv("TEST_DISK_LOCKS") != NULL;
}

static void say(long number, const char *call, const char *what) {
    char line[512];
    if (!logged) return;
    int length = snprintf(line, sizeof line, "%ld %s %s\n", number, call, what);
    long fd = syscall(SYS_openat, AT_FDCWD, logged, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) return;
    syscall(SYS_write, fd, line, (size_t)length);
    syscall(SYS_close, fd);
}

/* 0: go on. HALF: write half. Else the error. */
static int met(int takes, const char *call, const char *what) {
    struct stat there;
    if (full && takes == ROOM && syscall(SYS_newfstatat, AT_FDCWD, full, &there, 0) == 0) return ENOSPC;
    if (!logged) return 0;
    long number = __sync_add_and_fetch(&count, 1);
    if (at == 0) say(number, call, what);
    if (at == 0 || (on ? number < at : number != at)) return 0;
    if (number == at) say(number, call, what);
    if (strcmp(act, "kill") == 0) {
        syscall(SYS_kill, (pid_t)syscall(SYS_getpid), SIGKILL);
        for (;;) sleep(1);
    }
    if (strcmp(act, "end") == 0) {
        syscall(SYS_kill, (pid_t)syscall(SYS_getpid), SIGTERM);
        return 0;
    }
    if (strcmp(act, "full") == 0) return takes == ROOM ? ENOSPC : 0;
    if (strcmp(act, "short") == 0) return HALF;
    return atoi(act);
}

static int below(const char *path) { return root && path && strncmp(path, root, strlen(root)) == 0; }
static int ours(int fd) { return fd >= 0 && fd < MOST ? kind_of[fd] : NONE; }
static const char *name(int fd) { return name_of[fd]; }
static void note(int fd, int kind, const char *path) {
    if (fd < 0 || fd >= MOST) return;
    kind_of[fd] = (unsigned char)kind;
    const char *last = strrchr(path, '/');
    snprintf(name_of[fd], sizeof name_of[fd], "%s", last ? last + 1 : path);
}

/* Fails with what was met. Half of something that is no write is all of it. */
#define MEET(yes, takes, call, what)                                        \
    if (yes) {                                                              \
        int error = met(takes, call, what);                                 \
        if (error != 0 && error != HALF) { errno = error; return -1; }      \
    }

static int open_at(int dir, const char *path, int flags, mode_t mode) {
    int mine = below(path) && !(flags & O_DIRECTORY);
    MEET(mine, flags & O_CREAT ? ROOM : PLAIN, "open", path);
    int fd = (int)syscall(SYS_openat, dir, path, flags, mode);
    if (fd >= 0) note(fd, mine ? FILES : NONE, mine ? path : "");
    return fd;
}
#define MODE                                                                \
    mode_t mode = 0;                                                        \
    if (flags & (O_CREAT | O_TMPFILE)) {                                    \
        va_list rest;                                                       \
        va_start(rest, flags);                                              \
        mode = va_arg(rest, mode_t);                                        \
        va_end(rest);                                                       \
    }
int open(const char *path, int flags, ...) { MODE return open_at(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return open_at(AT_FDCWD, path, flags, mode); }
int openat(int dir, const char *path, int flags, ...) { MODE return open_at(dir, path, flags, mode); }
int openat64(int dir, const char *path, int flags, ...) { MODE return open_at(dir, path, flags, mode); }
int close(int fd) {
    note(fd, NONE, "");
    return (int)syscall(SYS_close, fd);
}

int dup2(int fd, int to) {
    int result = (int)syscall(SYS_dup3, fd, to, 0);
    if (result >= 0) note(result, ours(fd), name(fd));
    return result;
}

#define WRITE(call, length, whole, half)                                    \
    if (ours(fd)) {                                                         \
        int error = met(ours(fd) == FILES ? ROOM : PLAIN, call, name(fd));  \
        if (error == HALF && (length) > 1) return half;                     \
        if (error != 0 && error != HALF) { errno = error; return -1; }      \
    }                                                                       \
    return whole;
ssize_t write(int fd, const void *from, size_t length) {
    WRITE("write", length, syscall(SYS_write, fd, from, length), syscall(SYS_write, fd, from, length / 2))
}
ssize_t pwrite64(int fd, const void *from, size_t length, off_t where) {
    WRITE("pwrite", length, syscall(SYS_pwrite64, fd, from, length, where),
          syscall(SYS_pwrite64, fd, from, length / 2, where))
}
ssize_t pwrite(int fd, const void *from, size_t length, off_t where) { return pwrite64(fd, from, length, where); }
ssize_t writev(int fd, const struct iovec *parts, int number) {
    WRITE("writev", parts[0].iov_len, syscall(SYS_writev, fd, parts, number),
          syscall(SYS_write, fd, parts[0].iov_base, parts[0].iov_len / 2))
}
ssize_t send(int fd, const void *from, size_t length, int flags) {
    WRITE("send", length, syscall(SYS_sendto, fd, from, length, flags, NULL, 0),
          syscall(SYS_sendto, fd, from, length / 2, flags, NULL, 0))
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    WRITE("sendmsg", (size_t)0, syscall(SYS_sendmsg, fd, message, flags), 0)
}
int connect(int fd, const struct sockaddr *to, socklen_t length) {
    if (wires && to->sa_family == AF_UNIX) {
        const char *path = ((const struct sockaddr_un *)to)->sun_path;
        MEET(1, PLAIN, "connect", path);
        note(fd, WIRE, path);
    }
    return (int)syscall(SYS_connect, fd, to, length);
}

#define ON_FD(takes, call, number, ...)                                     \
    MEET(ours(fd) == FILES, takes, call, name(fd));                         \
    return (int)syscall(number, fd, ##__VA_ARGS__);
int fsync(int fd) { ON_FD(ROOM, "fsync", SYS_fsync) }
int fdatasync(int fd) { ON_FD(ROOM, "fdatasync", SYS_fdatasync) }
int ftruncate64(int fd, off_t length) { ON_FD(ROOM, "ftruncate", SYS_ftruncate, length) }
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }
int fchmod(int fd, mode_t mode) { ON_FD(PLAIN, "fchmod", SYS_fchmod, mode) }
int fchown(int fd, uid_t user, gid_t group) { ON_FD(PLAIN, "fchown", SYS_fchown, user, group) }
int posix_fallocate64(int fd, off_t from, off_t length) {
    int error = ours(fd) ? met(ROOM, "fallocate", name(fd)) : 0;
    if (error != 0 && error != HALF) return error;
    return syscall(SYS_fallocate, fd, 0, from, length) == 0 ? 0 : errno;
}
int posix_fallocate(int fd, off_t from, off_t length) { return posix_fallocate64(fd, from, length); }

static void wait_at_the_gate(void) {
    char path[512];
    if (!gate || __sync_lock_test_and_set(&passed_gate, 1)) return;
    snprintf(path, sizeof path, "%s.here", gate);
    long here = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
    syscall(SYS_write, here, ".", (size_t)1);
    syscall(SYS_close, here);
    snprintf(path, sizeof path, "%s.go", gate);
    syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0));
}
int flock(int fd, int operation) {
    if (ours(fd) == FILES) wait_at_the_gate();
    ON_FD(PLAIN, "flock", SYS_flock, operation)
}
int fcntl64(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    long argument = va_arg(rest, long);
    va_end(rest);
    if (command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK)
        MEET(locks && ours(fd) == FILES, PLAIN, "lock", name(fd));
    int result = (int)syscall(SYS_fcntl, fd, command, argument);
    if ((command == F_DUPFD || command == F_DUPFD_CLOEXEC) && ours(fd)) note(result, ours(fd), name(fd));
    return result;
}
int fcntl(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    long argument = va_arg(rest, long);
    va_end(rest);
    return fcntl64(fd, command, argument);
}

#define ON_PATH(takes, call, path, ...)                                     \
    MEET(below(path), takes, call, path);                                   \
    return (int)syscall(__VA_ARGS__);
int rename(const char *from, const char *to) { ON_PATH(ROOM, "rename", to, SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0) }
int renameat(int a, const char *from, int b, const char *to) {
    ON_PATH(ROOM, "rename", to, SYS_renameat2, a, from, b, to, 0)
}
int link(const char *from, const char *to) { ON_PATH(ROOM, "link", to, SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0) }
int linkat(int a, const char *from, int b, const char *to, int flags) {
    ON_PATH(ROOM, "link", to, SYS_linkat, a, from, b, to, flags)
}
int symlink(const char *from, const char *to) { ON_PATH(ROOM, "symlink", to, SYS_symlinkat, from, AT_FDCWD, to) }
int unlink(const char *path) { ON_PATH(PLAIN, "unlink", path, SYS_unlinkat, AT_FDCWD, path, 0) }
int unlinkat(int dir, const char *path, int flags) {
    ON_PATH(PLAIN, "unlink", path, SYS_unlinkat, dir, path, flags)
}
int rmdir(const char *path) { ON_PATH(PLAIN, "rmdir", path, SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR) }
int mkdir(const char *path, mode_t mode) { ON_PATH(ROOM, "mkdir", path, SYS_mkdirat, AT_FDCWD, path, mode) }
int chmod(const char *path, mode_t mode) { ON_PATH(PLAIN, "chmod", path, SYS_fchmodat, AT_FDCWD, path, mode) }
