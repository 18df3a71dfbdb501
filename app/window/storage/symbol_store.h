// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include "app/common/symbol_files.h"
#include "app/window/storage/recording_file.h"

namespace exitscope {

// The symbols that the user gave for the guests of one recording, in its RecordingFile: where their files are.
class SymbolStore {
public:
    static QString defaultDirectory();
    explicit SymbolStore(const QString &directory = defaultDirectory());

    // Reads those of the recording. False with a line of what is wrong if its file cannot be read.
    bool open(const Recording &recording, QString &error);
    // By the names of VMs.
    const std::map<QString, SymbolFile> &files() const { return m_files; }

    // Each writes the file, with what other windows did to it; false with a line of what is wrong if that fails, and
    // all is as before.
    bool set(const QString &vm, const SymbolFile &file, QString &error);
    bool remove(const QString &vm, QString &error);

private:
    using Files = std::map<QString, SymbolFile>;
    static std::optional<Files> filesFrom(const QJsonArray &list);
    bool change(const std::function<void(Files &)> &change, QString &error);

    RecordingFile m_file;
    Files m_files;
};

} // namespace exitscope
