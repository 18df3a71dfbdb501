// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/file_access.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "model/source/path_bytes.h"

namespace exitscope {

namespace {

constexpr long kConfigfsMagic = 0x62656570; // these four are in no header
constexpr long kMqueueMagic = 0x19800202;
constexpr long kFusectlMagic = 0x65735543;
constexpr long kRpcPipefsMagic = 0x67596969;

constexpr std::array<long, 22> kKernelMade{PROC_SUPER_MAGIC, SYSFS_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC,
    SECURITYFS_MAGIC, SELINUX_MAGIC, SMACK_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEVPTS_SUPER_MAGIC,
    BPF_FS_MAGIC, PSTOREFS_MAGIC, EFIVARFS_MAGIC, HUGETLBFS_MAGIC, BINFMTFS_MAGIC, NSFS_MAGIC, AUTOFS_SUPER_MAGIC,
    RDTGROUP_SUPER_MAGIC, kConfigfsMagic, kMqueueMagic, kFusectlMagic, kRpcPipefsMagic};

bool isKernelMade(const struct statfs &system)
{
    return std::find(kKernelMade.begin(), kKernelMade.end(), static_cast<long>(system.f_type)) != kKernelMade.end();
}

QString faultOf(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
    case S_IFDIR:
        return {};
    case S_IFIFO:
        return QStringLiteral("is a FIFO and no file");
    case S_IFSOCK:
        return QStringLiteral("is a socket and no file");
    case S_IFCHR:
    case S_IFBLK:
        return QStringLiteral("is a device and no file");
    default:
        return QStringLiteral("is no file");
    }
}

// `status`: what stat() returned.
FileInfo infoOf(int status, const struct stat &entry)
{
    FileInfo info;
    if (status != 0) {
        info.fault = QStringLiteral("cannot be reached: %1").arg(qt_error_string(errno));
        return info;
    }
    info.kind = S_ISREG(entry.st_mode) ? FileKind::Regular
        : S_ISDIR(entry.st_mode)       ? FileKind::Directory
                                       : FileKind::Other;
    info.size = entry.st_size;
    info.id = {entry.st_dev, entry.st_ino};
    info.fault = faultOf(entry.st_mode);
    return info;
}

} // namespace

FileInfo fileInfo(const QString &path)
{
    struct stat entry { };
    const int status = ::stat(pathBytes(path).constData(), &entry);
    return infoOf(status, entry);
}

bool isRegularFile(const QString &path)
{
    return fileInfo(path).kind == FileKind::Regular;
}

bool openForReading(QFile &file, const QString &path, QString *fault)
{
    const auto refuse = [&](const QString &why) {
        if (fault)
            *fault = why;
        return false;
    };
    const FileInfo before = fileInfo(path); // opening some devices does something
    if (before.kind != FileKind::Regular)
        return refuse(before.kind == FileKind::Directory ? QStringLiteral("is a directory and no file") : before.fault);
    const int fd = ::open(pathBytes(path).constData(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return refuse(QStringLiteral("cannot be opened: %1").arg(qt_error_string(errno)));
    struct stat entry { };
    struct statfs system { };
    QString why;
    if (::fstat(fd, &entry) != 0 || !S_ISREG(entry.st_mode))
        why = QStringLiteral("is no file any more");
    else if (::fstatfs(fd, &system) != 0 || isKernelMade(system))
        why = QStringLiteral("is made up by the kernel and no file");
    else if (!file.open(fd, QIODevice::ReadOnly, QFileDevice::AutoCloseHandle))
        why = QStringLiteral("cannot be opened: %1").arg(file.errorString());
    if (why.isEmpty())
        return true;
    ::close(fd);
    return refuse(why);
}

Directory readDirectory(const QString &path, CancelFlag cancel)
{
    Directory directory;
    const int fd = ::open(pathBytes(path).constData(), O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
    const std::unique_ptr<DIR, int (*)(DIR *)> stream(fd >= 0 ? ::fdopendir(fd) : nullptr, &::closedir);
    if (!stream) {
        directory.fault = qt_error_string(errno);
        if (fd >= 0)
            ::close(fd);
        return directory;
    }
    struct stat self { };
    if (::fstatat(fd, ".", &self, 0) != 0) { // the names can be read, but what they mean cannot
        directory.fault = qt_error_string(errno);
        return directory;
    }
    errno = 0;
    while (const dirent *entry = ::readdir(stream.get())) {
        const QByteArray name(entry->d_name);
        if (isCancelled(cancel))
            return directory;
        if (name == "." || name == "..")
            continue;
        struct stat own { };
        struct stat target { };
        DirectoryEntry &added = directory.entries.emplace_back();
        added.name = pathText(name);
        added.isLink = ::fstatat(fd, name.constData(), &own, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(own.st_mode);
        const int status = added.isLink ? ::fstatat(fd, name.constData(), &target, 0) : 0;
        added.info = infoOf(status, added.isLink ? target : own);
        errno = 0;
    }
    if (errno != 0)
        directory.fault = qt_error_string(errno);
    std::sort(directory.entries.begin(), directory.entries.end(),
        [](const DirectoryEntry &a, const DirectoryEntry &b) { return a.name < b.name; });
    return directory;
}

bool isOfKernel(const QString &directory)
{
    struct statfs system { };
    return ::statfs(pathBytes(directory).constData(), &system) == 0 && isKernelMade(system);
}

bool isMountPoint(const QString &directory)
{
    const QByteArray name = pathBytes(directory);
    const QByteArray above = name + "/..";
    struct stat own { };
    struct stat parent { };
    if (::stat(name.constData(), &own) != 0 || ::stat(above.constData(), &parent) != 0 || own.st_dev == parent.st_dev)
        return false;
    struct statx more { }; // parts of one file system can have device numbers of their own (btrfs)
    return ::statx(AT_FDCWD, name.constData(), AT_NO_AUTOMOUNT, 0, &more) != 0
        || (more.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) == 0
        || (more.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

} // namespace exitscope
