using System.Collections.Immutable;
using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;
using Xunit.Abstractions;

namespace MizarLab.Tests.Bpf;

/// <summary>Every variant of the programs passes this kernel's verifier, and how large it is.</summary>
public sealed class ProgramTests(ITestOutputHelper output)
{
    [RootFact]
    public void EveryVariantLoads()
    {
        List<(BpfProgramInfo Info, Recording Recording)> all = [];
        foreach (Recording recording in (Recording[])[Recording.Nothing, Recording.Result, Recording.Frames, Recording.Result | Recording.Frames])
        {
            using BpfDroplet droplet = BpfDroplet.Load(new BpfOptions { Recording = recording }, _ => 1);
            all.AddRange(droplet.Programs().Select(info => (info, recording)));
        }
        output.WriteLine("program  records          instructions  verified  JIT bytes");
        foreach ((BpfProgramInfo info, Recording recording) in all.OrderByDescending(row => row.Info.JitBytes))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{info.Program,-8} {recording,-16} {info.Instructions,12} {info.Verified,9} {info.JitBytes,10}"));
        }
        Assert.All(all, row => Assert.True(row.Info is { Instructions: > 50, Verified: > 50, JitBytes: > 200 }, row.ToString()));

        // What is not recorded is not there: the verifier took it out.
        foreach (ProgramId program in Enum.GetValues<ProgramId>())
        {
            ImmutableArray<int> sizes = [.. all.Where(row => row.Info.Program == program).Select(row => row.Info.Instructions)];
            Assert.True(sizes[0] < sizes[1] && sizes[1] < sizes[3] && sizes[0] < sizes[2] && sizes[2] < sizes[3], string.Join(' ', sizes));
        }
    }

    /// <summary>
    /// A correction is a switch of its own: the verifier takes the programs with any of them, recorded and captured or bare. In three sets and their complements; the
    /// long run has each alone, and all but each.
    /// </summary>
    [RootFact]
    public void AnySwitchesLoad()
    {
        Switches[] each = [.. Enum.GetValues<Switches>().Where(one => one is not (Switches.None or Switches.All))];
        IEnumerable<Switches> sets = LongRun.Asked
            ? each
            : Enumerable.Range(0, 3).Select(third => each.Where((_, at) => at % 3 == third).Aggregate((all, one) => all | one));
        foreach (Switches set in sets)
        {
            Load(set, new BpfOptions { Recording = Recording.Result | Recording.Frames, Capture = true });
            Load(Switches.All & ~set, new BpfOptions());
        }

        static void Load(Switches on, BpfOptions options)
        {
            using BpfDroplet droplet = BpfDroplet.Load(options with { Settings = DataPlaneSettings.Lab with { On = on } }, _ => 1);
            Assert.All(droplet.Programs(), program => Assert.True(program.JitBytes > 0, $"{on}: {program}"));
        }
    }

    [RootFact]
    public void AMissingObjectSaysHowToMakeIt()
    {
        HarnessException refused = Assert.Throws<HarnessException>(() => BpfDroplet.Load(new BpfOptions { Objects = "/nonexistent" }, _ => 1));
        Assert.Contains("/nonexistent/agent.bpf.o", refused.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public void WhatTheKernelRefusesIsSaidWithItsReason()
    {
        ImmutableSortedDictionary<string, uint> sizes = ImmutableSortedDictionary<string, uint>.Empty.Add("vpcs", 0);
        HarnessException refused = Assert.Throws<HarnessException>(() => BpfDroplet.Load(new BpfOptions { Sizes = sizes }, _ => 1));
        Assert.Contains("agent.bpf.o", refused.Message, StringComparison.Ordinal);
        Assert.Contains("vpcs", refused.Message, StringComparison.Ordinal);
        Assert.Contains("errno 22", refused.Message, StringComparison.Ordinal);
    }
}
