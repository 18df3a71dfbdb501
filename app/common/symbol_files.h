// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "model/causes/kernel_symbols.h"
#include "model/recording.h"
#include "model/vcpu_key.h"

namespace exitscope {

// A kallsyms or System.map, and what KASLR moved its addresses by.
struct SymbolFile {
    QString path;
    std::uint64_t offset = 0;

    bool operator==(const SymbolFile &) const = default;
};

// "System.map+0x1c000000"; a file of the whole name goes first.
SymbolFile symbolFileOf(const QString &text);
QString textOf(const SymbolFile &file);

// Null, and `error` one line, if it cannot be read.
std::shared_ptr<const KernelSymbols> readSymbols(const SymbolFile &file, QString &error);
// Whether that file is one, by its first lines.
bool isSymbolFile(const QString &path);

// Symbols that the user gave for VMs.
struct GivenSymbols {
    std::vector<VmKey> vms; // of one name; two hosts may have some
    SymbolFile file;
};
// "VM=FILE", or "FILE" where the recording has one VM. Nothing, and `error` one line with the VMs that there are, if
// there is none of that name.
std::optional<std::vector<GivenSymbols>> givenSymbols(
    const QStringList &texts, const Recording &recording, QString &error);

} // namespace exitscope
