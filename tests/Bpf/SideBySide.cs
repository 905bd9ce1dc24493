using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Bpf;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// One droplet twice: in the model and in the compiled programs, which see nothing of each other. What is written is written into both
/// (<see cref="Planes"/>), what is run is run in both, and every step of it is compared: verdict, reason, target, every byte of the frame, and
/// every row that was told as changed; then whatever tables the test names.
/// </summary>
internal sealed class SideBySide
{
    public static readonly DropletId Droplet = new(0);

    private readonly BpfDataPlane bpf;
    private readonly WaysOut ways;
    private readonly string about;
    private int frames;
    private string place;

    /// <summary>A droplet without a row.</summary>
    /// <param name="bpf">The programs, loaded; cleared here, so that one load serves many droplets.</param>
    /// <param name="ways">Counts how each frame ended.</param>
    /// <param name="about">What a difference is told with: the droplet's seed, and what else it was made from.</param>
    public SideBySide(BpfDataPlane bpf, WaysOut ways, string about)
    {
        this.bpf = bpf;
        this.ways = ways;
        this.about = $"[{bpf.Settings.On}] {about}";
        place = this.about;
        Model = new ModelDataPlane(1, bpf.Settings) { ReportChanges = true };
        bpf.Clear();
        bpf.ReportChanges = true;
    }

    public ModelDataPlane Model { get; }

    public IDataPlane[] Planes => [Model, bpf];

    /// <summary>The time of the next run, in both.</summary>
    public SimTime Now
    {
        set => Model.Now = bpf.Now = value;
    }

    /// <summary>Runs a frame through both and compares all that came of it but the tables.</summary>
    public void Run(ProgramId program, AgentId agent, byte[] bytes)
    {
        Frame expected = Frame.FromBytes(bytes), actual = Frame.FromBytes(bytes);
        ProgramResult expectedResult = Model.Run(Droplet, program, agent, ref expected);
        ProgramResult actualResult = bpf.Run(Droplet, program, agent, ref actual);
        place = $"{about}, frame {frames++}: {program} {agent.Value} of {Convert.ToHexStringLower(bytes)}";
        Same(expectedResult.ToString(), actualResult.ToString(), "answer");
        place += $"\n{actualResult}";
        Same(Convert.ToHexStringLower(expected.ToBytes()), Convert.ToHexStringLower(actual.ToBytes()), "frame");
        Same(string.Join('\n', Model.TakeChanges()), string.Join('\n', bpf.TakeChanges()), "changes");
        ways.Count(program, actualResult);
    }

    /// <summary>Compares all fields of all rows, also those a row's usual text leaves out.</summary>
    public void SameRows<TKey, TValue>(Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => Same(Rows(Model, table), Rows(bpf, table), table.Name);

    private static string Rows<TKey, TValue>(IDataPlane plane, Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => string.Join('\n', plane.Rows(Droplet, table).Select(row => $"{row.Key} {row.Value}").Order(StringComparer.Ordinal));

    private void Same(string model, string programs, string what) =>
        Assert.True(model == programs, $"{place}\n{what} in the model:\n{model}\n{what} in the programs:\n{programs}");
}
