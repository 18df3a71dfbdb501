// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>

#include <string>

// The host of the hand-written QEMU/KVM case of the unit tests of Trace Compass.
namespace exitscope::testing {

inline std::string goldenHost()
{
    QFile file(QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/golden/host.script"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

// With the events of the peer's modules.
inline std::string goldenHostWithVmsync()
{
    QByteArray text = QByteArray::fromStdString(goldenHost());
    for (int count = 1; count <= 6 && !text.isEmpty(); ++count) {
        const QByteArray plain = count % 2 == 1 ? "other:vmsync_gh_host" : "other:vmsync_hg_host";
        const QByteArray full = plain.mid(6) + " vm_uid=123456 cnt=" + QByteArray::number(count);
        text.replace(text.indexOf(plain), plain.size(), full);
    }
    return text.toStdString();
}

} // namespace exitscope::testing
