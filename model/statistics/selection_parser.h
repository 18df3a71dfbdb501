// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

#include "model/recording.h"
#include "model/statistics/selection.h"

namespace exitscope {

// What a person typed to select, word by word. Empty: not given.
struct SelectionTexts {
    QString from, to; // see parseTime
    QStringList vcpus; // "VM/N"; several with commas
    QStringList reasons; // a name or "isa:code"; several with commas
    QStringList scenarios; // several with commas
    QString minNs, maxNs;
    QStringList addresses; // hexadecimal with 0x, or decimal; several with commas
    QStringList pcpus; // a number, or "none" where it is not known; several with commas
    QStringList targets, regions; // "KIND:VALUE", or "none"; several with commas
    QStringList userspace; // "KVM_EXIT_IO", or "none", "unknown", "failed", "other"; several with commas
    QStringList touches; // "first", "repeated", "device", or "none"; several with commas
};

// Selects exits of which it is not known what a word asks for: "none".
QString noneText();

// Nothing, and `error` one line of what is wrong and what there is, if a text does not fit the recording.
std::optional<Selection> parseSelection(const SelectionTexts &texts, const Recording &recording, QString &error);

// "1795386299019930522": ns on the host's clock. "+3.18s", "+250ms", "+10us", "+5ns": after `origin`.
// Exact: what is finer than a nanosecond is an error, as is an offset without an origin.
std::optional<Ns> parseTime(const QString &text, std::optional<Ns> origin, QString &error);

// The earliest event of the used host traces.
std::optional<Ns> originOf(const Recording &recording);

} // namespace exitscope
