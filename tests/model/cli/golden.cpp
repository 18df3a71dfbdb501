// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/cli/golden.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <cmath>

#include "model/reference/csv.h"

namespace exitscope::test {

namespace {

QString shown(const QJsonValue &value)
{
    if (value.isDouble() && double(value.toInteger()) == value.toDouble())
        return QString::number(value.toInteger());
    return QString::fromUtf8(QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact));
}

QString last(const QString &id)
{
    return id.mid(id.lastIndexOf(QLatin1Char('/')) + 1);
}

// What a list's element is known by, so that one that is missing does not shift the rest.
QString nameOf(const QJsonValue &element, qsizetype index)
{
    const QJsonObject object = element.toObject();
    if (object.contains(QStringLiteral("isa")))
        return QStringLiteral("%1:%2").arg(shown(object[QStringLiteral("isa")]), shown(object[QStringLiteral("code")]));
    if (object.contains(QStringLiteral("vcpus")))
        return QStringLiteral("pid ") % shown(object[QStringLiteral("pid")]);
    if (object.contains(QStringLiteral("tid")))
        return last(object[QStringLiteral("id")].toString());
    if (object.contains(QStringLiteral("gross")))
        return object[QStringLiteral("name")].toString();
    return QString::number(index);
}

class ReportComparison {
public:
    QStringList differences;

    void compare(const QString &path, const QJsonValue &expected, const QJsonValue &actual)
    {
        if (expected.isObject() && actual.isObject())
            compareObjects(path, expected.toObject(), actual.toObject());
        else if (expected.isArray() && actual.isArray())
            compareArrays(path, expected.toArray(), actual.toArray());
        else if (!sameValue(path, expected, actual))
            differences << QStringLiteral("%1: expected %2, got %3").arg(path, shown(expected), shown(actual));
    }

private:
    static bool compared(const QString &path, const QString &key, const QJsonObject &in)
    {
        if (path.isEmpty() && key == QLatin1String("diagnostics"))
            return false;
        if (path.startsWith(QLatin1String(".traces")) && key == QLatin1String("path"))
            return false;
        return key != QLatin1String("name") || !in.contains(QStringLiteral("vcpus"));
    }

    void compareObjects(const QString &path, const QJsonObject &expected, const QJsonObject &actual)
    {
        if (expected.keys() != actual.keys())
            differences << QStringLiteral("%1: expected the keys %2, got %3")
                               .arg(path, expected.keys().join(QLatin1Char(' ')), actual.keys().join(QLatin1Char(' ')));
        for (const QString &key : expected.keys())
            if (compared(path, key, expected))
                compare(path % QLatin1Char('.') % key, expected[key], actual[key]);
    }

    void compareArrays(const QString &path, const QJsonArray &expected, const QJsonArray &actual)
    {
        QStringList expectedNames;
        for (qsizetype i = 0; i < expected.size(); ++i)
            expectedNames << nameOf(expected[i], i);
        QStringList actualNames;
        for (qsizetype i = 0; i < actual.size(); ++i)
            actualNames << nameOf(actual[i], i);
        if (expectedNames != actualNames)
            differences << QStringLiteral("%1: expected [%2], got [%3]")
                               .arg(path, expectedNames.join(QStringLiteral(", ")),
                                   actualNames.join(QStringLiteral(", ")));
        for (qsizetype i = 0; i < expected.size(); ++i) {
            const qsizetype j = actualNames.indexOf(expectedNames[i]);
            if (j >= 0)
                compare(QStringLiteral("%1[%2]").arg(path, expectedNames[i]), expected[i], actual[j]);
        }
    }

    static bool sameValue(const QString &path, const QJsonValue &expected, const QJsonValue &actual)
    {
        if (path.endsWith(QLatin1String(".id"))) // has the VM's name in front
            return last(expected.toString()) == last(actual.toString());
        if (expected.isDouble() && actual.isDouble()) {
            const double off = std::abs(expected.toDouble() - actual.toDouble());
            if (path.endsWith(QLatin1String("mean_ns")) || path.endsWith(QLatin1String("stddev_ns")))
                return off < 0.1 + 1e-6;
            if (path.endsWith(QLatin1String("_percent")))
                return off < 0.01;
            return expected.toInteger() == actual.toInteger();
        }
        return expected == actual;
    }
};

using Row = QStringList;

struct Rows {
    Row header;
    QMap<QString, std::vector<Row>> ofVcpu; // ordered by time, then by all else
};

std::optional<Rows> readRows(const Listing &listing, const QString &timeColumn)
{
    const auto records = parseCsv(QString::fromUtf8(listing.csv));
    if (!records || records->empty())
        return std::nullopt;
    Rows rows{records->front(), {}};
    const qsizetype time = rows.header.indexOf(timeColumn);
    for (std::size_t i = 1; i < records->size(); ++i) {
        Row row = (*records)[i];
        if (row.size() != rows.header.size())
            return std::nullopt;
        const QString unknown = row[0] % QLatin1Char('/') % row[1];
        const QString name = listing.names.value({row[0], row[1]}, unknown);
        row[0].clear(); // names of VMs are not compared
        rows.ofVcpu[name].push_back(row);
    }
    for (std::vector<Row> &ofVcpu : rows.ofVcpu) {
        std::ranges::sort(
            ofVcpu,
            [time](const Row &a, const Row &b) {
                const qint64 timeOfA = a[time].toLongLong();
                const qint64 timeOfB = b[time].toLongLong();
                return timeOfA != timeOfB ? timeOfA < timeOfB : a < b;
            });
    }
    return rows;
}

QString shown(const Row &header, const Row &row)
{
    QStringList cells;
    for (qsizetype i = 0; i < row.size(); ++i)
        if (!row[i].isEmpty())
            cells << QString(header[i] % QLatin1Char('=') % row[i]);
    return cells.join(QLatin1Char(' '));
}

// Walks both in step by time, so that one missing row is one difference.
class RowComparison {
public:
    RowComparison(const Row &header, const QString &timeColumn, QStringList &differences)
        : m_header(header), m_time(header.indexOf(timeColumn)), m_differences(differences)
    {
    }

    void compare(const QString &vcpu, const std::vector<Row> &expected, const std::vector<Row> &actual)
    {
        std::size_t i = 0;
        std::size_t j = 0;
        while (i < expected.size() || j < actual.size()) {
            const qint64 order = i == expected.size() ? 1
                : j == actual.size()                  ? -1
                                                      : compareTimes(expected[i], actual[j]);
            if (order < 0)
                m_differences << QStringLiteral("%1: missing %2").arg(vcpu, shown(m_header, expected[i++]));
            else if (order > 0)
                m_differences << QStringLiteral("%1: too much %2").arg(vcpu, shown(m_header, actual[j++]));
            else
                compareCells(vcpu, expected[i++], actual[j++]);
        }
    }

private:
    qint64 compareTimes(const Row &a, const Row &b) const { return a[m_time].toLongLong() - b[m_time].toLongLong(); }

    void compareCells(const QString &vcpu, const Row &expected, const Row &actual)
    {
        QStringList wrong;
        for (qsizetype i = 0; i < expected.size(); ++i)
            if (expected[i] != actual[i])
                wrong << QStringLiteral("%1 expected '%2', got '%3'").arg(m_header[i], expected[i], actual[i]);
        if (!wrong.isEmpty())
            m_differences
                << QStringLiteral("%1 at %2: %3").arg(vcpu, expected[m_time], wrong.join(QStringLiteral("; ")));
    }

    const Row &m_header;
    qsizetype m_time;
    QStringList &m_differences;
};

} // namespace

VcpuNames vcpuNames(const QJsonObject &report)
{
    VcpuNames names;
    for (const QJsonValue vm : report[QStringLiteral("vms")].toArray()) {
        for (const QJsonValue vcpu : vm[QStringLiteral("vcpus")].toArray()) {
            const QString number = last(vcpu[QStringLiteral("id")].toString());
            names[{vm[QStringLiteral("name")].toString(), number}]
                = QStringLiteral("pid %1/%2").arg(shown(vm[QStringLiteral("pid")]), number);
        }
    }
    return names;
}

QStringList reportDifferences(const QJsonObject &expected, const QJsonObject &actual)
{
    ReportComparison comparison;
    comparison.compare(QString(), expected, actual);
    return comparison.differences;
}

QStringList listingDifferences(const Listing &expected, const Listing &actual, const QString &timeColumn)
{
    const std::optional<Rows> expectedRows = readRows(expected, timeColumn);
    const std::optional<Rows> actualRows = readRows(actual, timeColumn);
    if (!expectedRows || !actualRows)
        return {QStringLiteral("%1 is no CSV")
                    .arg(expectedRows ? QStringLiteral("what was printed") : QStringLiteral("the expected file"))};
    // Columns may have been appended since.
    if (expectedRows->header != actualRows->header.mid(0, expectedRows->header.size()))
        return {QStringLiteral("expected the columns %1, got %2")
                    .arg(expectedRows->header.join(QLatin1Char(',')), actualRows->header.join(QLatin1Char(',')))};
    QStringList differences;
    RowComparison comparison(expectedRows->header, timeColumn, differences);
    QStringList vcpus = expectedRows->ofVcpu.keys() + actualRows->ofVcpu.keys();
    vcpus.removeDuplicates();
    for (const QString &vcpu : vcpus)
        comparison.compare(vcpu, expectedRows->ofVcpu.value(vcpu), actualRows->ofVcpu.value(vcpu));
    return differences;
}

} // namespace exitscope::test
