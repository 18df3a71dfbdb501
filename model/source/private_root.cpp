// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/private_root.h"

#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <set>

namespace exitscope {

namespace {

constexpr const char *kPrefix = "exitscope-readers-";
constexpr const char *kUnique = "XXXXXX"; // what mkdtemp() replaces

struct Known {
    std::mutex mutex;
    std::set<std::filesystem::path> roots;
    bool isClosing = false;
};

// Never destroyed: threads may outlive main().
Known &known()
{
    static Known &all = *new Known;
    return all;
}

// As it was given: Qt's is the root directory where that one does not exist.
QByteArray parentDirectory()
{
    const QByteArray given = qgetenv("TMPDIR");
    return given.isEmpty() ? QByteArrayLiteral("/tmp")
                           : QFile::encodeName(QFileInfo(QFile::decodeName(given)).absoluteFilePath());
}

QByteArray nameTemplate()
{
    return parentDirectory() + '/' + kPrefix + kUnique;
}

int openDirectory(const char *path)
{
    return ::open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

bool isStillThere(int directory, const char *path)
{
    struct stat opened = {};
    struct stat named = {};
    return ::fstat(directory, &opened) == 0 && ::lstat(path, &named) == 0 && opened.st_dev == named.st_dev
        && opened.st_ino == named.st_ino;
}

// Without following links.
void removeTree(const std::filesystem::path &path)
{
    std::error_code error;
    // Somebody may put something into it meanwhile.
    for (int tries = 0; tries < 10 && std::filesystem::exists(path, error); ++tries)
        std::filesystem::remove_all(path, error);
}

// Of this user, by name and rights one of ours, and its process no longer lives.
void removeIfStale(const std::filesystem::path &path)
{
    const int directory = openDirectory(path.c_str());
    struct stat status = {};
    if (directory < 0)
        return;
    if (::fstat(directory, &status) == 0 && status.st_uid == ::geteuid() && (status.st_mode & 07777) == 0700
        && ::flock(directory, LOCK_EX | LOCK_NB) == 0 && isStillThere(directory, path.c_str()))
        removeTree(path);
    ::close(directory);
}

void sweep()
{
    const std::string prefix = kPrefix;
    const std::size_t length = prefix.size() + std::string(kUnique).size();
    std::error_code error; // where nothing can be listed, nothing can be made either: that is told
    const std::filesystem::path parent(parentDirectory().toStdString());
    for (const auto &entry : std::filesystem::directory_iterator(parent, error)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(prefix) && name.size() == length)
            removeIfStale(entry.path());
    }
}

} // namespace

PrivateRoot::PrivateRoot()
{
    sweep();
    const std::lock_guard guard(known().mutex);
    while (!known().isClosing) {
        QByteArray path = nameTemplate();
        if (!::mkdtemp(path.data())) {
            m_error = qt_error_string(errno);
            return;
        }
        m_lock = openDirectory(path.constData());
        // Another process may have found it before it was locked, and removed it. Where the file system knows no
        // locks nobody gets one, and nobody removes anything.
        if (m_lock >= 0)
            ::flock(m_lock, LOCK_EX);
        if (m_lock >= 0 && isStillThere(m_lock, path.constData())) {
            m_path = QFile::decodeName(path);
            known().roots.insert(path.toStdString());
            return;
        }
        if (m_lock < 0 && errno != ENOENT) {
            m_error = qt_error_string(errno);
            ::rmdir(path.constData());
            return;
        }
        if (m_lock >= 0)
            ::close(std::exchange(m_lock, -1));
    }
    m_error = QStringLiteral("the program ends");
}

PrivateRoot::~PrivateRoot()
{
    if (isValid()) {
        const std::filesystem::path path(QFile::encodeName(m_path).toStdString());
        removeTree(path);
        const std::lock_guard guard(known().mutex);
        known().roots.erase(path);
    }
    if (m_lock >= 0)
        ::close(m_lock);
}

void PrivateRoot::removeAll()
{
    const std::lock_guard guard(known().mutex);
    known().isClosing = true;
    for (const std::filesystem::path &root : known().roots)
        removeTree(root);
}

} // namespace exitscope
