// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

#include "model/load/load.h"
#include "model/source/private_root.h"

namespace exitscope {

// A path "-" is what comes through the standard input. Traces are gone through more than once, so it is kept in a
// private file as long as the object lives.
class StandardInput {
public:
    // As the function of that name; "-" may be among the paths, and is what the result calls it.
    Recording loadRecording(const QStringList &paths, const LoadOptions &options, CancelFlag cancel);

private:
    QString keep(CancelFlag cancel); // the cause, if it cannot be kept

    std::optional<PrivateRoot> m_root;
    QString m_file;
    bool m_isEmpty = false;
};

} // namespace exitscope
