/* Calls that change a disk, counted below a folder; at the n-th the process is killed, or the call fails.
 *
 * Loaded with LD_PRELOAD, armed through ctypes by attacks/failing.py. Only Linux's libc is meant.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { IDLE, COUNT, KILL_BEFORE, KILL_AFTER, FAIL_ONCE, FAIL_ON };
enum { WRITES = 1, FLUSHES = 2, NAMES = 4, OPENS = 8 };

static int mode, code, mask;
static long at, seen, budget = -1;
static char root[4096];

void failing_arm(int m, long n, int c, int k, long b, const char *below) {
  at = n, code = c, mask = k, budget = b, seen = 0;
  strncpy(root, below, sizeof root - 1);
  mode = m;
}
long failing_seen(void) { return seen; }

static int below(int folder, const char *path) {
  char full[8192], link[64];
  if (path && path[0] == '/') return !strncmp(path, root, strlen(root));
  if (folder == AT_FDCWD) {
    if (!getcwd(full, sizeof full)) return 0;
  } else {
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t n = readlink(link, full, sizeof full - 1);
    if (n < 0) return 0;
    full[n] = 0;
  }
  return !strncmp(full, root, strlen(root));
}

/* 1: let the call fail with errno set. */
static int before(int kind) {
  if (mode == IDLE || !(mask & kind)) return 0;
  long n = __sync_fetch_and_add(&seen, 1);
  if (mode == KILL_BEFORE && n == at) kill(getpid(), SIGKILL);
  if ((mode == FAIL_ONCE && n == at) || (mode == FAIL_ON && n >= at)) { errno = code; return 1; }
  return 0;
}
static void after(int kind) {
  if (mode == KILL_AFTER && (mask & kind) && seen - 1 == at) kill(getpid(), SIGKILL);
}
/* How much of a write finds room; -1: none at all. */
static ssize_t room(size_t wanted) {
  if (budget < 0) return wanted;
  if (budget == 0 && wanted) { errno = code; return -1; }
  ssize_t n = (long)wanted < budget ? (long)wanted : budget;
  budget -= n;
  return n;
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name)
#define AROUND(kind, fd, path, call, bad) \
  int ours = mode != IDLE && below(fd, path); \
  if (ours && before(kind)) return bad; \
  __typeof__(call) result = call; \
  if (ours) { int e = errno; after(kind); errno = e; } \
  return result

ssize_t write(int fd, const void *data, size_t n) {
  REAL(write);
  int ours = mode != IDLE && below(fd, NULL);
  if (ours && before(WRITES)) return -1;
  ssize_t fits = ours ? room(n) : (ssize_t)n;
  if (fits < 0) return -1;
  ssize_t result = real(fd, data, fits);
  if (ours) { int e = errno; after(WRITES); errno = e; }
  return result;
}
ssize_t pwrite64(int fd, const void *data, size_t n, off64_t where) {
  REAL(pwrite64);
  int ours = mode != IDLE && below(fd, NULL);
  if (ours && before(WRITES)) return -1;
  ssize_t fits = ours ? room(n) : (ssize_t)n;
  if (fits < 0) return -1;
  ssize_t result = real(fd, data, fits, where);
  if (ours) { int e = errno; after(WRITES); errno = e; }
  return result;
}
ssize_t pwrite(int fd, const void *data, size_t n, off_t where) { return pwrite64(fd, data, n, where); }
ssize_t writev(int fd, const struct iovec *parts, int n) { REAL(writev); AROUND(WRITES, fd, NULL, real(fd, parts, n), -1); }
int ftruncate64(int fd, off64_t n) { REAL(ftruncate64); AROUND(WRITES, fd, NULL, real(fd, n), -1); }
int ftruncate(int fd, off_t n) { REAL(ftruncate); AROUND(WRITES, fd, NULL, real(fd, n), -1); }
int fsync(int fd) { REAL(fsync); AROUND(FLUSHES, fd, NULL, real(fd), -1); }
int fdatasync(int fd) { REAL(fdatasync); AROUND(FLUSHES, fd, NULL, real(fd), -1); }
int rename(const char *a, const char *b) { REAL(rename); AROUND(NAMES, AT_FDCWD, b, real(a, b), -1); }
int renameat(int d, const char *a, int e, const char *b) { REAL(renameat); AROUND(NAMES, e, b, real(d, a, e, b), -1); }
int renameat2(int d, const char *a, int e, const char *b, unsigned f) { REAL(renameat2); AROUND(NAMES, e, b, real(d, a, e, b, f), -1); }
int mkdir(const char *p, mode_t m) { REAL(mkdir); AROUND(NAMES, AT_FDCWD, p, real(p, m), -1); }
int mkdirat(int d, const char *p, mode_t m) { REAL(mkdirat); AROUND(NAMES, d, p, real(d, p, m), -1); }
int unlink(const char *p) { REAL(unlink); AROUND(NAMES, AT_FDCWD, p, real(p), -1); }
int unlinkat(int d, const char *p, int f) { REAL(unlinkat); AROUND(NAMES, d, p, real(d, p, f), -1); }
int rmdir(const char *p) { REAL(rmdir); AROUND(NAMES, AT_FDCWD, p, real(p), -1); }

#define OPENING(name, fd, path, call) \
  mode_t m = 0; \
  if (flags & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); m = va_arg(more, mode_t); va_end(more); } \
  int ours = mode != IDLE && (flags & (O_CREAT | O_WRONLY | O_RDWR)) && below(fd, path); \
  if (ours && before(OPENS)) return -1; \
  int result = call; \
  if (ours) { int e = errno; after(OPENS); errno = e; } \
  return result

int open(const char *p, int flags, ...) { REAL(open); OPENING(open, AT_FDCWD, p, real(p, flags, m)); }
int open64(const char *p, int flags, ...) { REAL(open64); OPENING(open64, AT_FDCWD, p, real(p, flags, m)); }
int openat(int d, const char *p, int flags, ...) { REAL(openat); OPENING(openat, d, p, real(d, p, flags, m)); }
int openat64(int d, const char *p, int flags, ...) { REAL(openat64); OPENING(openat64, d, p, real(d, p, flags, m)); }
