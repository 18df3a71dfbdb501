// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/stream_split.h"

#include <QFile>

#include <algorithm>

#include "model/source/file_access.h"
#include "model/source/metadata_text.h"
#include "model/source/packet_index.h"

namespace exitscope {

namespace {

struct Place {
    QStringList ordered; // the files, by time
    qsizetype at = 0; // of the one that is asked for
};

std::optional<Place> placeBehind(
    const StreamFiles &files, const QString &traceDir, std::uint64_t packets, CancelFlag cancel)
{
    const auto layout = lttngPacketHeader(readMetadataText(traceDir + QStringLiteral("/metadata")));
    const bool areOrdered = std::all_of(
        files.files.begin(), files.files.end(), [&](const QString &file) { return files.begins.contains(file); });
    if (files.files.size() < 2 || !areOrdered || !layout || !layout->hasContext)
        return std::nullopt;
    Place place{files.files};
    std::stable_sort(place.ordered.begin(), place.ordered.end(),
        [&](const QString &a, const QString &b) { return files.begins.at(a) < files.begins.at(b); });
    std::uint64_t before = 0;
    for (; place.at + 1 < place.ordered.size(); ++place.at) {
        QFile file;
        if (openForReading(file, place.ordered[place.at]))
            before += countPackets(file, *layout, cancel);
        if (before > packets)
            break;
    }
    return place;
}

StreamFiles part(const StreamFiles &all, const QStringList &files)
{
    StreamFiles result = all; // what is known of other files does no harm
    result.files = files;
    result.bytes = 0;
    for (const QString &file : files)
        result.bytes += fileInfo(file).size;
    std::erase_if(result.cuts, [&](const auto &cut) { return !files.contains(cut.first); });
    return result;
}

} // namespace

std::optional<SplitFiles> splitBehind(
    const StreamFiles &files, const QString &traceDir, std::uint64_t packets, CancelFlag cancel)
{
    const auto place = placeBehind(files, traceDir, packets, cancel);
    if (!place || place->at + 1 == place->ordered.size())
        return std::nullopt;
    return SplitFiles{
        part(files, place->ordered.first(place->at + 1)), part(files, place->ordered.sliced(place->at + 1))};
}

QString fileBehind(const StreamFiles &files, const QString &traceDir, std::uint64_t packets, CancelFlag cancel)
{
    const auto place = placeBehind(files, traceDir, packets, cancel);
    return place ? place->ordered[place->at] : files.shownPath();
}

} // namespace exitscope
