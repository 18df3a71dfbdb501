// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/common/guest_maps.h"

#include <QFileInfo>

#include <algorithm>

namespace exitscope {

namespace {

QString canonical(const QString &path)
{
    const QString result = QFileInfo(path).canonicalFilePath();
    return result.isEmpty() ? path : result;
}

} // namespace

std::optional<AlignOptions> userMaps(
    const std::vector<std::pair<QString, ClockLine>> &maps, const Recording &recording, QString &error)
{
    AlignOptions options;
    for (const auto &[path, line] : maps) {
        const QString dir = canonical(path);
        std::vector<std::size_t> found;
        for (std::size_t g = 0; g < recording.guests.size(); ++g) {
            const bool isBelow = std::ranges::any_of(recording.guests[g].traces, [&](std::size_t t) {
                const QString trace = canonical(recording.traces[t].path);
                return trace == dir || trace.startsWith(dir % QLatin1Char('/'));
            });
            if (isBelow)
                found.push_back(g);
        }
        if (found.size() != 1) {
            error = found.empty()
                ? QStringLiteral("--map: no guest trace that was opened lies at %1").arg(path)
                : QStringLiteral("--map: %1 guests lie below %2; name one").arg(found.size()).arg(path);
            return std::nullopt;
        }
        options.userMaps.insert_or_assign(found.front(), ClockMap(line));
    }
    return options;
}

} // namespace exitscope
