// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>
#include <string_view>

#include "model/record/target.h"

// How people write targets, and what they are called.
namespace exitscope {

// As people type it and tables have it: "port"; of None "none".
std::string_view name(TargetKind kind);
std::optional<TargetKind> targetKindNamed(const QString &text);
QStringList targetKindNames(); // without None
std::string_view name(PageTouch touch);

// In hexadecimal; of control and debug registers decimal: "0x3f8".
QString valueText(Target target);
// "port:0x3f8"; "none". Read back by targetOfCode().
QString codeText(Target target);
// The value decimal or, with 0x, hexadecimal. Nothing if it is none.
std::optional<Target> targetOfCode(const QString &text);
// Of resources/target-names.csv: "serial port 1"; empty if the table names none.
QString targetName(Target target);
// For people: "port 0x3f8 (serial port 1)", "CR0"; "none".
QString targetText(Target target);

} // namespace exitscope
