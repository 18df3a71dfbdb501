// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace exitscope {

// What is no trace that can be read, but is known.
struct ForeignFormat {
    QString what; // "a gzip archive"
    QString advice; // how to convert it, or to record what can be read
    bool isArchive = false;
};

// By its first bytes; none if it is nothing known.
std::optional<ForeignFormat> recognizeFile(const QString &path);
// Metadata that is not CTF 1.8.
std::optional<ForeignFormat> recognizeMetadata(const QString &path);

} // namespace exitscope
