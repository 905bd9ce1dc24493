using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Overlay;
using Xunit.Abstractions;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// The verifier takes the programs with any set of switches, and is far from its limit of a million instructions: slow paths are functions of their own.
/// Each switch alone is loaded by <see cref="LabDifferentialTests"/>.
/// </summary>
public sealed class VerifierTests(ITestOutputHelper output)
{
    private const int Enough = 400_000;

    [RootFact]
    public void Any_set_of_switches_is_taken()
    {
        Random random = new(8926);
        List<Switches> sets = [Switches.None, Switches.All];
        for (int i = 0; i < 8; i++)
        {
            sets.Add((Switches)random.NextInt64() & Switches.All);
        }
        List<(Switches On, BpfProgramInfo Info)> programs = [];
        foreach (Switches on in sets)
        {
            using BpfDataPlane bpf = new(1, "000000d6", new BpfOptions { Settings = DataPlaneSettings.Lab with { On = on } });
            programs.AddRange(bpf.Droplet(new DropletId(0)).Programs().Select(info => (on, info)));
        }
        foreach ((Switches on, BpfProgramInfo info) in programs.OrderByDescending(program => program.Info.Verified).Take(6))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{info.Verified,7} verified, {info.Instructions,6} left, {info.JitBytes,6} bytes: {info.Program} with {(ulong)on:x9}"));
        }
        Assert.All(programs, program => Assert.InRange(program.Info.Verified, 1, Enough));
    }
}
