/*
 * A network file system, as far as its answers take time: preloaded into a program, it lets every call that a client of NFS
 * has to ask its server about take SLOW_MICROSECONDS longer, for files on the devices SLOW_DEVICES (st_dev, by commas).
 * Those calls are: open (close-to-open consistency), a lock, making something durable, and changing a directory. Reading,
 * writing and looking at attributes are not: a client caches them.
 *
 *   cc -shared -fPIC -O2 -o slow-storage.so slow-storage.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define NEXT(name) \
  static __typeof__(&name) next; \
  if (next == NULL) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static long delay_us = -1;
static dev_t slow[8];
static int slow_count = 0;

__attribute__((constructor)) static void configure(void) {
  const char *delay = getenv("SLOW_MICROSECONDS");
  const char *devices = getenv("SLOW_DEVICES");
  delay_us = delay == NULL ? 0 : atol(delay);
  while (devices != NULL && *devices != '\0' && slow_count < 8) {
    char *end;
    slow[slow_count++] = (dev_t)strtoul(devices, &end, 10);
    devices = *end == ',' ? end + 1 : end;
  }
}

static int is_slow_device(dev_t device) {
  for (int i = 0; i < slow_count; i++)
    if (slow[i] == device) return 1;
  return 0;
}

static int is_slow(int fd) {
  struct stat found;
  return delay_us > 0 && fd >= 0 && fstat(fd, &found) == 0 && is_slow_device(found.st_dev);
}

/* Of the directory that a name is in: the name itself may not be there. */
static int is_slow_name(const char *path) {
  char copy[PATH_MAX];
  struct stat found;
  if (delay_us <= 0 || path == NULL || strlen(path) >= sizeof copy) return 0;
  strcpy(copy, path);
  return stat(dirname(copy), &found) == 0 && is_slow_device(found.st_dev);
}

static void ask_server(void) {
  struct timespec time = {delay_us / 1000000, (delay_us % 1000000) * 1000};
  nanosleep(&time, NULL);
}

/* What is asked where a directory is looked at decides how SQLite and OpenClaw lock: https://man7.org/linux/man-pages/man2/statfs.2.html */
#define STATFS(name, type) \
  int name(const char *path, struct type *found) { \
    NEXT(name); \
    int result = next(path, found); \
    struct stat it; \
    if (result == 0 && delay_us > 0 && stat(path, &it) == 0 && is_slow_device(it.st_dev)) \
      found->f_type = 0x6969; /* NFS_SUPER_MAGIC */ \
    return result; \
  }
STATFS(statfs, statfs)
STATFS(statfs64, statfs64)

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    NEXT(name); \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
      va_list more; \
      va_start(more, flags); \
      mode = va_arg(more, mode_t); \
      va_end(more); \
    } \
    int fd = next(path, flags, mode); \
    if (is_slow(fd)) ask_server(); \
    return fd; \
  }
OPEN(open)
OPEN(open64)

#define FCNTL(name) \
  int name(int fd, int command, ...) { \
    NEXT(name); \
    va_list more; \
    va_start(more, command); \
    void *what = va_arg(more, void *); \
    va_end(more); \
    if ((command == F_SETLK || command == F_SETLKW) && is_slow(fd)) ask_server(); \
    return next(fd, command, what); \
  }
FCNTL(fcntl)
FCNTL(fcntl64)

#define ON_FILE(name) \
  int name(int fd) { \
    NEXT(name); \
    if (is_slow(fd)) ask_server(); \
    return next(fd); \
  }
ON_FILE(fsync)
ON_FILE(fdatasync)

int unlink(const char *path) {
  NEXT(unlink);
  if (is_slow_name(path)) ask_server();
  return next(path);
}

int mkdir(const char *path, mode_t mode) {
  NEXT(mkdir);
  if (is_slow_name(path)) ask_server();
  return next(path, mode);
}

int rename(const char *from, const char *to) {
  NEXT(rename);
  if (is_slow_name(to)) ask_server();
  return next(from, to);
}
