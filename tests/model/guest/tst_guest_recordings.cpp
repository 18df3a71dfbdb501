// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QtTest>

#include "model/load/load.h"
#include "tests/model/guest/guest_text.h"
#include "tests/model/guest/naive_guest.h"

using namespace exitscope;
using namespace exitscope::testing;

// Real guests against a second reading of what babeltrace2 prints of them.
class TestGuestRecordings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void secondReading_data();
    void secondReading();
};

namespace {

const QString kShared = QStringLiteral(EXITSCOPE_SHARED_DIR "/");

}

void TestGuestRecordings::secondReading_data()
{
    QTest::addColumn<QString>("path");
    for (const char *path : {"traces/storms/vm0", "traces/disk/vm0", "traces/timers/vm0", "traces/preempt/vm0",
             "traces/idle/vm0", "traces/twovms/vm0", "traces/twovms/vm1", "stock/vm0"})
        QTest::addRow("%s", path) << QString(kShared % QLatin1String(path) % QStringLiteral("/guest"));
}

void TestGuestRecordings::secondReading()
{
    QFETCH(QString, path);
    if (!QDir(QString(kShared % QStringLiteral("traces"))).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const naive::NaiveGuest naive = naive::readGuest(path);
    const Recording recording = loadRecording({path}, {});
    QCOMPARE(recording.guests.size(), std::size_t(1));
    const GuestTrace &guest = recording.guests[0];
    QCOMPARE(guest.cpus.size(), naive.contexts.size());
    for (const GuestCpu &cpu : guest.cpus) {
        const QStringList told = contextsOf(guest, cpu);
        const QStringList &expected = naive.contexts.at(cpu.number);
        QCOMPARE(told.size(), expected.size());
        for (qsizetype i = 0; i < told.size(); ++i)
            QVERIFY2(told[i] == expected[i],
                qPrintable(QStringLiteral("event %1 of CPU %2: %3, not %4")
                               .arg(i + 1)
                               .arg(cpu.number)
                               .arg(told[i], expected[i])));
    }
    std::map<QString, qint64> calls, callNs;
    for (std::size_t i = 0; i < guest.calls.size(); ++i) {
        if (!guest.calls.has(i, GuestCalls::Entered))
            continue;
        ++calls[guest.names[guest.calls.name[i]]];
        if (guest.calls.has(i, GuestCalls::Left))
            callNs[guest.names[guest.calls.name[i]]] += guest.calls.end[i] - guest.calls.begin[i];
    }
    std::map<QString, qint64> handlers;
    for (const GuestCpu &cpu : guest.cpus)
        for (std::size_t row = 0; row < cpu.contexts.size(); ++row)
            if (cpu.contexts.begins[row] != 0)
                ++handlers[textOf(guest, guest.contextBehind(cpu, cpu.contexts.events[row]))
                               .section(QLatin1Char(' '), 1)];
    QCOMPARE(handlers, naive.handlers);
    QVERIFY(handlers.size() > 2);
    QCOMPARE(calls, naive.calls);
    QCOMPARE(callNs, naive.callNs);
    QVERIFY(calls.size() > 5);
}

QTEST_GUILESS_MAIN(TestGuestRecordings)
#include "tst_guest_recordings.moc"
