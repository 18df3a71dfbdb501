// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <map>
#include <optional>
#include <set>

#include "model/diagnostic.h"
#include "model/recording.h"

namespace exitscope {

// The roles that the user gave, by path of a trace or of a directory above it; the nearest one counts.
class RoleRules {
public:
    explicit RoleRules(const std::map<QString, TraceRole> &roles);

    std::optional<TraceRole> roleOf(const QString &tracePath);
    // Paths that no trace was found at or below.
    void tellUnused(Diagnostics &diagnostics) const;

private:
    struct Rule {
        QString given;
        TraceRole role;
        bool isUsed = false;
    };
    std::map<QString, Rule> m_rules; // by canonical path
};

// The paths whose traces the user says are of one host.
class JoinRules {
public:
    explicit JoinRules(const QStringList &paths);

    bool joins(const QString &tracePath);
    // Paths that no trace was found at or below.
    void tellUnused(Diagnostics &diagnostics) const;

private:
    std::map<QString, QString> m_given; // by canonical path
    std::set<QString> m_used;
};

} // namespace exitscope
