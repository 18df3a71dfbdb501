// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/role_rules.h"

#include <QDir>
#include <QFileInfo>

#include "model/diagnostic_codes.h"

namespace exitscope {

namespace {

QString canonical(const QString &path)
{
    const QFileInfo info(path);
    return info.exists() ? info.canonicalFilePath() : QDir::cleanPath(info.absoluteFilePath());
}

bool isAtOrBelow(const QString &path, const QString &dir)
{
    return path == dir || path.startsWith(dir.endsWith(QLatin1Char('/')) ? dir : dir + QLatin1Char('/'));
}

Diagnostic unused(const QString &dir, const QString &given, const QString &what)
{
    return makeDiagnostic(QFileInfo::exists(dir) ? Code::NoTrace : Code::NotFound, what, given);
}

} // namespace

RoleRules::RoleRules(const std::map<QString, TraceRole> &roles)
{
    for (const auto &[path, role] : roles)
        m_rules.insert_or_assign(canonical(path), Rule{path, role});
}

std::optional<TraceRole> RoleRules::roleOf(const QString &tracePath)
{
    const QString path = canonical(tracePath);
    Rule *nearest = nullptr;
    qsizetype longest = -1;
    for (auto &[dir, rule] : m_rules) {
        if (!isAtOrBelow(path, dir))
            continue;
        rule.isUsed = true;
        if (dir.size() > longest) {
            longest = dir.size();
            nearest = &rule;
        }
    }
    return nearest ? std::optional(nearest->role) : std::nullopt;
}

void RoleRules::tellUnused(Diagnostics &diagnostics) const
{
    for (const auto &[dir, rule] : m_rules)
        if (!rule.isUsed)
            diagnostics.push_back(unused(dir, rule.given,
                QStringLiteral("a role was given for this path, but no trace that is opened lies there")));
}

JoinRules::JoinRules(const QStringList &paths)
{
    for (const QString &path : paths)
        m_given.insert_or_assign(canonical(path), path);
}

bool JoinRules::joins(const QString &tracePath)
{
    const QString path = canonical(tracePath);
    bool any = false;
    for (const auto &[dir, given] : m_given) {
        if (!isAtOrBelow(path, dir))
            continue;
        m_used.insert(dir);
        any = true;
    }
    return any;
}

void JoinRules::tellUnused(Diagnostics &diagnostics) const
{
    for (const auto &[dir, given] : m_given)
        if (!m_used.contains(dir))
            diagnostics.push_back(unused(
                dir, given, QStringLiteral("this path is to be joined, but no trace that is opened lies there")));
}

} // namespace exitscope
