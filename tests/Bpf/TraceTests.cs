using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>What the programs tell by the ring buffer: one event a run, both frames, counted when lost.</summary>
public sealed class TraceTests
{
    [RootFact]
    public void EveryRunIsOneEvent()
    {
        using BpfDataPlane bpf = Traced("00000007");
        List<(RunResult Result, byte[] In, byte[] Out, long Begin, long End, int Ingress)> events = [];
        using TraceReader reader = new([bpf.Droplet(BpfWorld.Droplet)], (int droplet, in TraceEvent trace) =>
        {
            Assert.Equal(0, droplet);
            Assert.Equal((trace.FrameIn.Length, trace.FrameOut.Length), (trace.LengthIn, trace.LengthOut));
            events.Add((trace.Result, trace.FrameIn.ToArray(), trace.FrameOut.ToArray(), trace.BeginNanoseconds, trace.EndNanoseconds, trace.IngressInterface));
        });
        List<(ProgramId Program, ProgramResult Result, byte[] In, byte[] Out)> expected = [];
        byte[] ping = BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote);
        Run(ProgramId.Agent, 1, ping);
        Run(ProgramId.Transit, 0, BpfWorld.OnWire(ping));
        Run(ProgramId.Agent, 2, ping); // its bouncer is its own droplet: transit ends the agent's run
        Run(ProgramId.Agent, 2, BpfWorld.Ping(BpfWorld.Local, BpfWorld.Hosted));
        Run(ProgramId.Transit, 0, BpfWorld.OnWire(ping)); // and the next run is transit's own again
        Run(ProgramId.Transit, 0, BpfWorld.OnWire(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Nowhere)));
        Run(ProgramId.Agent, 3, ping); // nobody programmed it
        Run(ProgramId.Transit, 0, new byte[14]);
        Assert.Equal(expected.Count, reader.Consume());
        Assert.Equal(0, reader.Consume());

        Assert.Equal(expected.Select(run => (run.Program, run.Result)), events.Select(trace => (trace.Result.Program, trace.Result.Result)));
        Assert.Equal(
            [Reason.ToBouncer, Reason.ToHost, Reason.ToHost, Reason.Delivered, Reason.ToHost, Reason.NoVpc, Reason.NoBouncers, Reason.NotIpv4],
            expected.Select(run => run.Result.Reason));
        Assert.Equal(expected.Select(run => run.In), events.Select(trace => trace.In));
        Assert.Equal(expected.Select(run => run.Out), events.Select(trace => trace.Out));
        Assert.All(events, trace => Assert.InRange(trace.End - trace.Begin, 1, 100_000_000));
        Assert.Equal(events.Select(trace => trace.Begin).Order(), events.Select(trace => trace.Begin));
        Assert.Equal(4, events.Select(trace => trace.Ingress).Distinct().Count()); // NIC and three agents
        Assert.Equal(0, bpf.Droplet(BpfWorld.Droplet).LostEvents());

        void Run(ProgramId program, int agent, byte[] bytes)
        {
            Frame frame = Frame.FromBytes(bytes);
            ProgramResult result = bpf.Run(BpfWorld.Droplet, program, new AgentId(agent), ref frame);
            expected.Add((program, result, bytes, frame.ToBytes()));
        }
    }

    [RootFact]
    public void TheLongestFrameIsKeptWhole()
    {
        using BpfDataPlane bpf = Traced("00000008");
        byte[] ping = BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote, 3300);
        int handled = 0;
        using TraceReader reader = new([bpf.Droplet(BpfWorld.Droplet)], (int _, in TraceEvent trace) =>
        {
            handled++;
            Assert.Equal((ping.Length, ping.Length + 114), (trace.LengthIn, trace.LengthOut));
            Assert.Equal(ping, trace.FrameIn.ToArray());
            Assert.Equal(ping, trace.FrameOut[114..].ToArray());
        });
        Frame frame = Frame.FromBytes(ping);
        bpf.Run(BpfWorld.Droplet, ProgramId.Agent, new AgentId(1), ref frame);
        Assert.Equal(1, reader.Poll(TimeSpan.FromSeconds(5)));
        Assert.Equal(1, handled);
    }

    [RootFact]
    public void WhatFindsNoRoomIsCounted()
    {
        const int runs = 1000;
        using BpfDataPlane bpf = Traced("00000009", ringBytes: 65536);
        BpfDroplet droplet = bpf.Droplet(BpfWorld.Droplet);
        int read = 0;
        using TraceReader reader = new([droplet], (int _, in TraceEvent _) => read++);
        byte[] ping = BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote);
        for (int i = 0; i < runs; i++)
        {
            Frame frame = Frame.FromBytes(ping);
            bpf.Run(BpfWorld.Droplet, ProgramId.Agent, new AgentId(1), ref frame);
        }
        reader.Consume();
        Assert.InRange(droplet.LostEvents(), 1, runs - 1);
        Assert.Equal(runs, read + droplet.LostEvents());
    }

    [RootFact]
    public void OneReaderReadsSeveralDroplets()
    {
        using BpfDataPlane first = Traced("0000000a"), second = Traced("0000000b");
        SortedDictionary<int, int> read = [];
        using TraceReader reader = new(
            [first.Droplet(BpfWorld.Droplet), second.Droplet(BpfWorld.Droplet)],
            (int droplet, in TraceEvent _) => read[droplet] = read.GetValueOrDefault(droplet) + 1);
        foreach (BpfDataPlane plane in (BpfDataPlane[])[first, second, second])
        {
            Frame frame = Frame.FromBytes(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote));
            plane.Run(BpfWorld.Droplet, ProgramId.Agent, new AgentId(1), ref frame);
        }
        Assert.Equal(3, reader.Poll(TimeSpan.FromSeconds(5)));
        Assert.Equal([new(0, 1), new(1, 2)], read);
    }

    [RootFact]
    public void WhatAHandlerThrowsComesOutOfThePoll()
    {
        using BpfDataPlane bpf = Traced("0000000c");
        using TraceReader reader = new([bpf.Droplet(BpfWorld.Droplet)], (int _, in TraceEvent _) => throw new InvalidTimeZoneException("mine"));
        Frame frame = Frame.FromBytes(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Remote));
        bpf.Run(BpfWorld.Droplet, ProgramId.Agent, new AgentId(1), ref frame);
        Assert.Throws<InvalidTimeZoneException>(() => reader.Consume());
        Assert.Equal(0, reader.Consume());
    }

    /// <summary>A data plane that records results, as it needs, and frames.</summary>
    private static BpfDataPlane Traced(string runId, uint ringBytes = 1 << 20)
    {
        BpfDataPlane bpf = new(1, runId, new BpfOptions
        {
            Recording = Recording.Frames,
            Sizes = ImmutableSortedDictionary<string, uint>.Empty.Add("trace_events", ringBytes),
        });
        BpfWorld.Write(bpf);
        return bpf;
    }
}
