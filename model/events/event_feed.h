// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

#include "model/record/raw_event.h"

namespace exitscope {

// The events of one stream within a range of its trace's clock, in their order.
class EventFeed {
public:
    virtual ~EventFeed() = default;

    virtual std::optional<RawEvent> next() = 0; // none at the end, or where the rest cannot be read. May block.
    virtual QString fault() const = 0; // why the rest cannot be read; empty if it can
};

} // namespace exitscope
