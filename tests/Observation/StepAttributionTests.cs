using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Tests.Management;
using static MizarLab.Tests.Observation.SyntheticRun;

namespace MizarLab.Tests.Observation;

public class StepAttributionTests
{
    private static readonly Topology Topology = TestTopology.TwoNetworks();

    private static readonly TcpStep Stream = new(C, Topology[A].Address, 9001, [1, 2, 3], 10, SimTime.FromMilliseconds(10), false, SimTime.FromSeconds(1))
    {
        Name = "stream",
        Where = TestTopology.Nowhere,
        Background = true,
    };

    private static PingStep Ping(string name, EndpointId from, EndpointId to) =>
        new(from, Topology[to].Address, 1, SimTime.FromMilliseconds(10), 8, SimTime.FromSeconds(1)) { Name = name, Where = TestTopology.Nowhere };

    private static StepOutcome Window(int step, long beganMilliseconds, long endedMilliseconds) =>
        new() { Step = step, Began = SimTime.FromMilliseconds(beganMilliseconds), Ended = SimTime.FromMilliseconds(endedMilliseconds) };

    [Fact]
    public void ABackgroundStreamKeepsItsFramesWhileForegroundStepsRun()
    {
        SyntheticRun run = new(live: false, Stream, Ping("ping", A, B));
        run.Add(Window(0, 0, 100));
        run.Add(Window(1, 20, 30));
        SimTime within = SimTime.FromMilliseconds(25);
        run.From(C, within, TestFrames.Tcp(Topology[C], Topology[A], 40000, 9001, 0x18, payload: 3)).To(0).Deliver(A);
        run.From(A, within, TestFrames.Tcp(Topology[A], Topology[C], 9001, 40000, 0x10)).To(1).Deliver(C);
        run.From(A, within, TestFrames.EchoRequest(Topology[A], Topology[B])).To(1).Deliver(B);
        run.From(A, within, TestFrames.Arp(Topology[A], Topology[B].Address)).To(1).Deliver(B);

        Assert.Equal([0, 0, 1, 1], run.Journeys.Select(journey => journey.Step));
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(15, 0)]
    [InlineData(25, 1)]
    [InlineData(500, 1)]
    public void TimeChoosesAmongLikeSteps(long milliseconds, int step)
    {
        SyntheticRun run = new(live: false, Ping("first", A, B), Ping("second", A, B));
        run.Add(Window(0, 0, 10));
        run.Add(Window(1, 20, 30));
        run.From(A, SimTime.FromMilliseconds(milliseconds), TestFrames.EchoRequest(Topology[A], Topology[B])).To(1).Deliver(B);
        Assert.Equal(step, Assert.Single(run.Journeys).Step);
    }

    [Fact]
    public void WhatBeginsBeforeEveryStepBelongsToNoneButForTheSkewOfLiveClocks()
    {
        foreach ((bool live, int step) in new[] { (false, -1), (true, 0) })
        {
            SyntheticRun run = new(live, Ping("ping", A, B));
            run.Add(Window(0, 1, 10));
            run.From(A, SimTime.FromMicroseconds(950), TestFrames.EchoRequest(Topology[A], Topology[B])).To(1).Deliver(B);
            Assert.Equal(step, Assert.Single(run.Journeys).Step);
        }
    }

    [Fact]
    public void ACraftedFrameIsKnownByItsBytesAndSenderAndItsAnswerIsOfItsStep()
    {
        ImmutableArray<byte> bytes = [.. TestFrames.EchoRequest(Topology[A], Topology[B], 77)];
        FrameStep crafted = new(A, bytes) { Name = "crafted", Where = TestTopology.Nowhere };
        WaitStep wait = new(SimTime.FromMilliseconds(50)) { Name = "wait", Where = TestTopology.Nowhere };
        SyntheticRun run = new(live: false, crafted, wait);
        run.Add(Window(0, 10, 10));
        run.Add(Window(1, 10, 60));
        SimTime at = SimTime.FromMilliseconds(10);
        run.From(A, at, [.. bytes]).To(1).Deliver(B);
        run.From(B, at + Hop, TestFrames.EchoReply(Topology[B], Topology[A], 77)).To(0).Deliver(A);
        run.From(A, at + Hop + Hop, TestFrames.EchoRequest(Topology[A], Topology[B], 78)).To(1).Deliver(B);

        ImmutableArray<Journey> journeys = run.Journeys;
        Assert.Equal([true, false, false], journeys.Select(journey => journey.Crafted));
        Assert.Equal([0, 0, 0], journeys.Select(journey => journey.Step));
    }

    [Fact]
    public void TheSameCraftedFrameTwiceIsOfTwoSteps()
    {
        ImmutableArray<byte> bytes = [.. TestFrames.EchoRequest(Topology[A], Topology[B], 77)];
        SyntheticRun run = new(live: true, new FrameStep(A, bytes) { Name = "one", Where = TestTopology.Nowhere }, new FrameStep(A, bytes) { Name = "two", Where = TestTopology.Nowhere });
        run.Add(Window(0, 10, 11));
        run.Add(Window(1, 20, 21));
        run.From(A, SimTime.FromMilliseconds(10), [.. bytes]).To(2).Ends(Verdict.Drop, Reason.NoVpc);
        run.From(A, SimTime.FromMilliseconds(20), [.. bytes]).To(2).Ends(Verdict.Drop, Reason.NoVpc);
        Assert.Equal([(0, true), (1, true)], run.Journeys.Select(journey => (journey.Step, journey.Crafted)));
    }
}
