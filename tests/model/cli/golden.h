// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QMap>
#include <QStringList>

#include <utility>

// Compares what exitscope-cli prints with the files beside a recording: all but paths, diagnostics, VM names and the
// order of rows of equal times. Each difference is one line.
namespace exitscope::test {

// Names that CSV rows have in common whatever their VM is called: by (vm, vcpu), "pid 235/0".
using VcpuNames = QMap<std::pair<QString, QString>, QString>;
VcpuNames vcpuNames(const QJsonObject &report);

QStringList reportDifferences(const QJsonObject &expected, const QJsonObject &actual);

struct Listing {
    QByteArray csv;
    VcpuNames names;
};
// `timeColumn` is what rows are ordered by.
QStringList listingDifferences(const Listing &expected, const Listing &actual, const QString &timeColumn);

} // namespace exitscope::test
