// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/storage/whole_file.h"

#include <QUuid>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include "model/source/path_bytes.h"

namespace exitscope {

namespace {

constexpr mode_t kNewMode = 0666; // less the umask

QString notWritten(const QString &path, const QString &what, const QString &why)
{
    return QStringLiteral("%1: the %2 cannot be written: %3").arg(path, what, why);
}

bool writeAll(int fd, const QByteArray &content)
{
    for (qsizetype done = 0; done < content.size();) {
        const ssize_t written = ::write(fd, content.constData() + done, std::size_t(content.size() - done));
        if (written < 0 && errno != EINTR)
            return false;
        done += std::max<ssize_t>(0, written);
    }
    return true;
}

// A file of another name in the same directory, on the disk, which takes the name only once it is whole. QFile would
// know no names that are no UTF-8.
class FileBeside {
public:
    explicit FileBeside(const QByteArray &path)
        : m_name(path + '.' + QUuid::createUuid().toString(QUuid::Id128).left(8).toLatin1())
    {
    }
    ~FileBeside()
    {
        if (m_isThere)
            ::unlink(m_name.constData());
    }
    FileBeside(const FileBeside &) = delete;
    FileBeside &operator=(const FileBeside &) = delete;

    // 0, or the errno. With `mode`, or that of a new file.
    int write(const QByteArray &content, std::optional<mode_t> mode)
    {
        const int fd = ::open(m_name.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kNewMode);
        if (fd < 0)
            return errno;
        m_isThere = true;
        const bool isWhole = (!mode || ::fchmod(fd, *mode) == 0) && writeAll(fd, content) && ::fsync(fd) == 0;
        const int failed = isWhole ? 0 : errno;
        return ::close(fd) != 0 && isWhole ? errno : failed;
    }

    // In place of what has the name.
    int renameTo(const QByteArray &path)
    {
        if (::rename(m_name.constData(), path.constData()) != 0)
            return errno;
        m_isThere = false;
        return 0;
    }

    // Only if the name is free. Some file systems know the one way, some the other.
    int renameToFree(const QByteArray &path)
    {
        if (::renameat2(AT_FDCWD, m_name.constData(), AT_FDCWD, path.constData(), RENAME_NOREPLACE) == 0) {
            m_isThere = false;
            return 0;
        }
        if (errno != EINVAL && errno != ENOSYS)
            return errno;
        return ::link(m_name.constData(), path.constData()) == 0 ? 0 : errno; // the other name goes with this
    }

private:
    QByteArray m_name;
    bool m_isThere = false;
};

} // namespace

bool isTaken(const QString &path)
{
    struct stat entry = {};
    return ::lstat(pathBytes(path).constData(), &entry) == 0;
}

bool writeWhole(const QString &path, const QByteArray &content, const QString &what, QString &error)
{
    QByteArray target = pathBytes(path);
    std::optional<mode_t> mode;
    struct stat entry = {};
    if (::stat(target.constData(), &entry) == 0) {
        if (!S_ISREG(entry.st_mode)) {
            error = notWritten(path, what, QStringLiteral("what has that name is no regular file"));
            return false;
        }
        if (::access(target.constData(), W_OK) != 0) {
            error = notWritten(path, what, qt_error_string(errno));
            return false;
        }
        mode = entry.st_mode & 07777;
        // A link stays, and what it leads to is replaced.
        const std::unique_ptr<char, decltype(&std::free)> real(::realpath(target.constData(), nullptr), &std::free);
        if (real)
            target = real.get();
    }
    FileBeside file(target);
    int failed = file.write(content, mode);
    if (failed == 0)
        failed = file.renameTo(target);
    if (failed != 0)
        error = notWritten(path, what, qt_error_string(failed));
    return failed == 0;
}

bool writeWholeNew(const QString &path, const QByteArray &content, const QString &what, QString &error)
{
    const QByteArray target = pathBytes(path);
    FileBeside file(target);
    int failed = file.write(content, std::nullopt);
    if (failed == 0)
        failed = file.renameToFree(target);
    if (failed != 0)
        error = failed == EEXIST ? QStringLiteral("%1: there is a file of that name").arg(path)
                                 : notWritten(path, what, qt_error_string(failed));
    return failed == 0;
}

} // namespace exitscope
