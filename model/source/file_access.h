// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QString>

#include <cstdint>
#include <utility>
#include <vector>

#include "model/cancel_flag.h"

namespace exitscope {

// What a name leads to. Nothing but regular files is ever opened: reading another kind can block for good, or change
// something.
enum class FileKind : std::uint8_t {
    Missing, // also at the end of a link
    Regular,
    Directory,
    Other, // a FIFO, a socket, a device, a file of a file system that the kernel makes up
};

struct FileInfo {
    FileKind kind = FileKind::Missing;
    qint64 size = 0;
    std::pair<quint64, quint64> id{}; // device and inode: one for all names of a file
    QString fault; // why it cannot be read, in words that follow "it"; empty if it is a regular file or a directory
};

FileInfo fileInfo(const QString &path);
bool isRegularFile(const QString &path);

// Opens a regular file for reading, without ever waiting; else `fault` says why not.
bool openForReading(QFile &file, const QString &path, QString *fault = nullptr);

struct DirectoryEntry {
    QString name;
    bool isLink = false;
    FileInfo info; // of what a link leads to
};

struct Directory {
    std::vector<DirectoryEntry> entries; // by name
    QString fault; // why it cannot be read
};

// All but "." and "..". Once `cancel` is set it returns with what it has.
Directory readDirectory(const QString &path, CancelFlag cancel = nullptr);

// Whether the directory belongs to a file system like /proc, where names lead to the kernel and not to a disk.
bool isOfKernel(const QString &directory);
// Whether another file system than its parent's begins here.
bool isMountPoint(const QString &directory);

} // namespace exitscope
