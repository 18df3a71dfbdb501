// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <new>
#include <stdexcept>

#include "model/session/newest_job.h"

using namespace exitscope;

// Work that throws ends nothing but itself.
class TestJobFailures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void failureIsTold_data();
    void failureIsTold();
};

void TestJobFailures::failureIsTold_data()
{
    QTest::addColumn<bool>("isMemory");
    QTest::addColumn<QString>("code");
    QTest::newRow("too little memory") << true << QStringLiteral("out-of-memory");
    QTest::newRow("anything else") << false << QStringLiteral("internal-error");
}

void TestJobFailures::failureIsTold()
{
    QFETCH(const bool, isMemory);
    QFETCH(const QString, code);
    QStringList told;
    bool isNextDone = false;
    NewestJob job(*this, [&](const Diagnostic &cause) { told << cause.code; });
    job.start([isMemory](auto &&...) -> NewestJob::Finish {
        if (isMemory)
            throw std::bad_alloc();
        throw std::logic_error("cannot be");
    });
    job.start([&](auto &&...) -> NewestJob::Finish { return [&] { isNextDone = true; }; });
    QTRY_VERIFY(isNextDone);
    QCOMPARE(told, QStringList{code});
    QVERIFY(!job.isBusy());
}

QTEST_GUILESS_MAIN(TestJobFailures)
#include "tst_job_failures.moc"
