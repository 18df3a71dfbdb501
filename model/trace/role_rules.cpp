// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trace/role_rules.h"

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
            diagnostics.push_back(makeDiagnostic(QFileInfo::exists(dir) ? Code::NoTrace : Code::NotFound,
                QStringLiteral("a role was given for this path, but no trace that is opened lies there"), rule.given));
}

} // namespace exitscope
