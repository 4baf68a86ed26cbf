/* Stands between SQLite and the disk, loaded ahead of the C library: counts the calls that change a record's files, dies or fails at
   the n-th, and writes down what was written and synced. Only files whose name holds "record.db" are its business, and of those
   neither the lock nor the shared memory, which a machine that loses power loses anyway. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { DIE_BEFORE = 0, DIE_TORN = 1, FAIL_ONCE = 2, FAIL_FROM_HERE = 3 };

static long calls, at;
static int mode, trace = -1;
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int), (*real_fdatasync)(int), (*real_ftruncate)(int, off_t), (*real_unlink)(const char *);

static void find(void) {
  if (real_write) return;
  real_pwrite = (ssize_t(*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite64");
  real_fsync = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  real_ftruncate = (int (*)(int, off_t))dlsym(RTLD_NEXT, "ftruncate64");
  real_unlink = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
  real_write = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
}

void shim_arm(long n, int how) { calls = 0; at = n; mode = how; }
long shim_calls(void) { return calls; }
void shim_trace(const char *path) { find(); trace = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600); }

static const char *ours(const char *path) {
  const char *name = strrchr(path, '/');
  name = name ? name + 1 : path;
  if (!strstr(name, "record.db") || strstr(name, ".lock") || strstr(name, "-shm")) return NULL;
  return name;
}

static const char *name_of(int fd, char *room, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, room, size - 1);
  if (n < 0) return NULL;
  room[n] = 0;
  return ours(room);
}

static void note(char what, const char *name, uint64_t offset, const void *data, uint32_t length) {
  if (trace < 0) return;
  uint16_t name_length = (uint16_t)strlen(name);
  real_write(trace, &what, 1);
  real_write(trace, &offset, 8);
  real_write(trace, &length, 4);
  real_write(trace, &name_length, 2);
  real_write(trace, name, name_length);
  if (data) real_write(trace, data, length);
}

void shim_mark(long number) { note('A', "", (uint64_t)number, NULL, 0); }

/* 1 when this call shall fail; does not come back when the process shall die before it. */
static int strike(void) {
  calls++;
  if (at <= 0 || calls < at) return 0;
  if (calls == at && mode == DIE_BEFORE) _exit(86);
  if (mode == FAIL_ONCE && calls == at) { errno = EIO; return 1; }
  if (mode == FAIL_FROM_HERE) { errno = ENOSPC; return 1; }
  return 0;
}

static int torn(void) { return at > 0 && calls == at && mode == DIE_TORN; }

ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) {
  char room[4096];
  find();
  const char *name = name_of(fd, room, sizeof room);
  if (name) {
    if (strike()) return -1;
    if (torn()) { real_pwrite(fd, data, length / 2, offset); _exit(86); }
    note('W', name, (uint64_t)offset, data, (uint32_t)length);
  }
  return real_pwrite(fd, data, length, offset);
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

ssize_t write(int fd, const void *data, size_t length) {
  char room[4096];
  find();
  const char *name = name_of(fd, room, sizeof room);
  if (name) {
    if (strike()) return -1;
    if (torn()) { real_write(fd, data, length / 2); _exit(86); }
    note('W', name, (uint64_t)lseek(fd, 0, SEEK_CUR), data, (uint32_t)length);
  }
  return real_write(fd, data, length);
}

static int synced(int fd, int (*how)(int)) {
  char room[4096];
  const char *name = name_of(fd, room, sizeof room);
  if (name && strike()) return -1;
  int code = how(fd);
  if (name && torn()) _exit(86);
  if (name) note('S', name, 0, NULL, 0);
  return code;
}
int fsync(int fd) { find(); return synced(fd, real_fsync); }
int fdatasync(int fd) { find(); return synced(fd, real_fdatasync); }

int ftruncate64(int fd, off_t length) {
  char room[4096];
  find();
  const char *name = name_of(fd, room, sizeof room);
  if (name && strike()) return -1;
  int code = real_ftruncate(fd, length);
  if (name && torn()) _exit(86);
  if (name) note('T', name, (uint64_t)length, NULL, 0);
  return code;
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int unlink(const char *path) {
  find();
  const char *name = ours(path);
  if (name && strike()) return -1;
  int code = real_unlink(path);
  if (name && torn()) _exit(86);
  if (name) note('U', name, 0, NULL, 0);
  return code;
}
