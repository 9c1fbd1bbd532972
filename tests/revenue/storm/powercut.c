/* Loaded into PostgreSQL (LD_PRELOAD): keeps in POWER_SHADOW what a disk would still hold
   after the power went. A file's content and name get there when it is synced, and at no
   other time; a directory's losses (renamed, unlinked) when the directory is synced.
   Modelled: writes that were not synced are gone. Not modelled: torn sectors, lying disks. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 65536

static void parents(char *path) {
    for (char *at = path + 1; *at; at++)
        if (*at == '/') { *at = 0; mkdir(path, 0700); *at = '/'; }
}

static int copied(const char *from, const char *to) {
    static __thread char a[BLOCK], b[BLOCK];
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0) return -1;
    int out = open(to, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (out < 0) { close(in); return -1; }
    flock(out, LOCK_EX); /* a slower copy must not lay older blocks over newer ones */
    off_t at = 0;
    for (;;) {
        ssize_t n = pread(in, a, BLOCK, at);
        if (n <= 0) break;
        ssize_t m = pread(out, b, BLOCK, at);
        if (m != n || memcmp(a, b, n)) {
            if (pwrite(out, a, n, at) != n) abort();
        }
        at += n;
    }
    if (ftruncate(out, at)) abort();
    flock(out, LOCK_UN);
    close(out);
    close(in);
    return 0;
}

static void listed(const char *real, const char *kept) {
    char there[PATH_MAX], gone[PATH_MAX];
    struct stat st;
    mkdir(kept, 0700);
    DIR *dir = opendir(kept);
    for (struct dirent *one; dir && (one = readdir(dir));) {
        if (!strcmp(one->d_name, ".") || !strcmp(one->d_name, "..")) continue;
        snprintf(there, sizeof there, "%s/%s", real, one->d_name);
        if (lstat(there, &st) == 0) continue;
        snprintf(gone, sizeof gone, "%s/%s", kept, one->d_name);
        unlink(gone);
    }
    if (dir) closedir(dir);
    dir = opendir(real);
    for (struct dirent *one; dir && (one = readdir(dir));) {
        if (one->d_name[0] == '.') continue;
        snprintf(there, sizeof there, "%s/%s", real, one->d_name);
        if (lstat(there, &st) || !S_ISDIR(st.st_mode)) continue;
        snprintf(gone, sizeof gone, "%s/%s", kept, one->d_name);
        mkdir(gone, 0700);
    }
    if (dir) closedir(dir);
}

static void keep(int fd) {
    const char *root = getenv("POWER_ROOT"), *shadow = getenv("POWER_SHADOW");
    char link[64], path[PATH_MAX], to[PATH_MAX];
    struct stat st;
    int before = errno;
    if (!root || !shadow || fstat(fd, &st)) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return;
    path[n] = 0;
    size_t length = strlen(root);
    if (strncmp(path, root, length) || strstr(path, " (deleted)")) return;
    snprintf(to, sizeof to, "%s%s", shadow, path + length);
    parents(to);
    if (S_ISDIR(st.st_mode)) listed(path, to);
    else if (S_ISREG(st.st_mode)) copied(path, to);
    errno = before;
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    int done = real(fd);
    if (done == 0) keep(fd);
    return done;
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int done = real(fd);
    if (done == 0) keep(fd);
    return done;
}
