// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <vector>

namespace exitscope {

enum class Severity : std::uint8_t { Info, Warning, Error };

// The only way in which a problem is told (manual "Definitions").
struct Diagnostic {
    Severity severity = Severity::Warning;
    QString code; // stable, listed in the manual: "lost-events"
    QString message; // one line: the first cause, and what can be done
    QString path; // the file or directory concerned; may be empty
    std::int64_t count = 1;

    bool operator==(const Diagnostic &) const = default;
};

using Diagnostics = std::vector<Diagnostic>;

QString severityName(Severity severity); // "info", "warning", "error"

} // namespace exitscope
