// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/stream_begins.h"

#include <algorithm>
#include <map>

namespace exitscope {

void placeBegins(
    std::span<const Merge::First> firsts, std::span<const std::size_t> recordingOf, std::span<const Gap> gaps, Ns begin)
{
    std::map<std::size_t, Ns> recordingBegin;
    for (const Merge::First &first : firsts) {
        const Ns time = first.record->timeNs;
        begin = std::min(begin, time);
        Ns &own = recordingBegin.try_emplace(recordingOf[first.source], time).first->second;
        own = std::min(own, time);
    }
    for (const Merge::First &first : firsts) {
        Record &record = *first.record;
        if (record.kind == EventKind::Blind && record.blind.fromBegin != 0)
            record.timeNs = recordingBegin.at(recordingOf[first.source]);
        if (record.kind != EventKind::NextSwitch)
            continue;
        Ns from = begin;
        for (const Gap &gap : gaps)
            if (gap.until <= record.timeNs)
                from = std::max(from, gap.until);
        record.timeNs = std::min(record.timeNs, from);
    }
}

} // namespace exitscope
