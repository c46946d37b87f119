/* Writes down, in order, what a process does to the files under one folder: LD_PRELOAD, with SHIM_LOG and SHIM_FOLDER.
   One record an operation: kind, length of path, offset, length of data; then path and data. A write is written down after
   it was made and a sync before it, so that a sync in the log covers no write that it may not have covered. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct head { char kind; char pad[3]; uint32_t path; int64_t offset; int64_t length; } __attribute__((packed));

static int log_descriptor(void) {
    static int descriptor = -1;
    if (descriptor < 0) {
        const char *name = getenv("SHIM_LOG");
        int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
        if (name) descriptor = real(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    }
    return descriptor;
}

static void put(char kind, const char *path, int64_t offset, const void *data, int64_t length, int64_t told) {
    struct head head = { kind, {0}, (uint32_t)strlen(path), offset, told };
    struct iovec parts[3] = {
        { &head, sizeof head }, { (void *)path, head.path }, { (void *)data, data ? (size_t)length : 0 }
    };
    int saved = errno;
    if (log_descriptor() >= 0 && writev(log_descriptor(), parts, 3) < 0) abort();
    errno = saved;
}

static int watched(const char *path) {
    const char *folder = getenv("SHIM_FOLDER");
    size_t length = folder ? strlen(folder) : 0;
    size_t all = strlen(path);
    if (!length || strncmp(path, folder, length)) return 0;
    return !(all > 4 && !strcmp(path + all - 4, "-shm"));
}

static int path_of(int descriptor, char *path) {
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(name, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return watched(path);
}

static ssize_t written(int descriptor, const void *data, int64_t offset, ssize_t done) {
    char path[PATH_MAX];
    if (done > 0 && path_of(descriptor, path)) put('W', path, offset, data, done, done);
    return done;
}

ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) {
    ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    return written(descriptor, data, offset, real(descriptor, data, length, offset));
}

ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) {
    ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
    return written(descriptor, data, offset, real(descriptor, data, length, offset));
}

ssize_t write(int descriptor, const void *data, size_t length) {
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    off_t offset = lseek(descriptor, 0, SEEK_CUR);
    ssize_t done = real(descriptor, data, length);
    return offset < 0 ? done : written(descriptor, data, offset, done);
}

static int cut(int descriptor, int64_t length, int done) {
    char path[PATH_MAX];
    if (!done && path_of(descriptor, path)) put('T', path, length, NULL, 0, 0);
    return done;
}

int ftruncate64(int descriptor, off64_t length) {
    int (*real)(int, off64_t) = dlsym(RTLD_NEXT, "ftruncate64");
    return cut(descriptor, length, real(descriptor, length));
}

int ftruncate(int descriptor, off_t length) {
    int (*real)(int, off_t) = dlsym(RTLD_NEXT, "ftruncate");
    return cut(descriptor, length, real(descriptor, length));
}

static void synced(int descriptor) {
    char path[PATH_MAX];
    if (path_of(descriptor, path)) put('S', path, 0, NULL, 0, 0);
}

int fsync(int descriptor) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    synced(descriptor);
    return real(descriptor);
}

int fdatasync(int descriptor) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    synced(descriptor);
    return real(descriptor);
}

int unlink(const char *path) {
    int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
    int done = real(path);
    if (!done && watched(path)) put('U', path, 0, NULL, 0, 0);
    return done;
}

static void made(const char *path, int flags, int existed, int descriptor) {
    if (descriptor >= 0 && (flags & O_CREAT) && !existed && watched(path)) put('C', path, 0, NULL, 0, 0);
}

#define OPEN(name)                                                     \
    int name(const char *path, int flags, ...) {                       \
        int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, #name); \
        va_list rest;                                                  \
        va_start(rest, flags);                                         \
        int mode = flags & O_CREAT ? va_arg(rest, int) : 0;            \
        va_end(rest);                                                  \
        int existed = access(path, F_OK) == 0;                         \
        int descriptor = real(path, flags, mode);                      \
        made(path, flags, existed, descriptor);                        \
        return descriptor;                                             \
    }

OPEN(open)
OPEN(open64)
