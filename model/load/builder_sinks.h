// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <algorithm>
#include <vector>

#include "model/load/merge.h"
#include "model/recording.h"
#include "model/timeline/timeline_builder.h"

namespace exitscope {

// Where the merged records of a host, and of a guest, go.
class BuilderSink : public RecordSink {
public:
    explicit BuilderSink(TimelineBuilder &builder) : m_builder(builder) { }
    std::uint32_t intern(const QString &name) override
    {
        const std::uint32_t index = m_builder.intern(name);
        m_names.resize(std::max<std::size_t>(m_names.size(), index + 1));
        m_names[index] = name;
        return index;
    }
    void add(std::span<const Record> records) override
    {
        for (const Record &record : records)
            if (record.kind == EventKind::HostProof && (record.plain.facts & IsMark) != 0 && record.plain.file != 0) {
                marks.time.push_back(record.timeNs);
                marks.text.push_back(m_names[record.plain.file - 1]);
            }
        m_builder.add(records);
    }

    HostMarks marks;

private:
    std::vector<QString> m_names; // by index
    TimelineBuilder &m_builder;
};

class GuestSink : public RecordSink {
public:
    std::uint32_t intern(const QString &name) override { return builder.intern(name); }
    void add(std::span<const Record> records) override
    {
        for (const Record &record : records)
            builder.add(record);
    }

    GuestBuilder builder;
};

} // namespace exitscope
