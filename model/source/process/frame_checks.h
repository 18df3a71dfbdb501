// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstddef>

#include "model/record/description.h"
#include "model/record/frame.h"
#include "model/record/record.h"

// What a reader sends is not trusted: a trace may have taken it over. Each function tells what is wrong, and nothing
// if all is well. What may have any value (a thread's number, an exit's reason) is not looked at: nobody counts on it.
namespace exitscope {

// `names`: so many were told on the stream.
QString faultOf(const Record &record, std::size_t names);
QString faultOf(const wire::Summary &summary);
QString faultOf(const wire::Description &description);

} // namespace exitscope
