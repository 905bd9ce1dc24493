using System.Collections.Immutable;
using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Harness.Conformance.Fuzzing;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>How a profile's programs fared against the model.</summary>
public sealed record ProfileFuzzReport(long Cases, ImmutableArray<FuzzDifference> Differences);

/// <summary>
/// Fuzzing of programs that tell nothing: each frame runs on a droplet's state from nothing, on the model and on the programs; verdict, redirect target, every byte and
/// every table change are compared, reasons are not. Slower than the fuzzer of the lab's own programs; the same states, frames, shrinking and files.
/// </summary>
public sealed class ProfileFuzz(Profile profile, FuzzOptions options)
{
    private const int FramesAState = 24;

    private readonly DataPlaneSettings settings = DataPlaneSettings.Of(profile.Dialect);
    private readonly StateSource source = new(options);
    private readonly List<FuzzDifference> differences = [];
    private readonly SortedSet<string> seen = new(StringComparer.Ordinal);

    public ProfileFuzzReport Run(CancellationToken cancel)
    {
        using ProfilePrograms programs = ProfilePrograms.Load(profile, DataPlanePair.Droplets, settings);
        return programs.Execute(() => Run(programs.DataPlane, cancel));
    }

    private ProfileFuzzReport Run(IDataPlane programs, CancellationToken cancel)
    {
        long cases = 0;
        for (int state = 0; cases < (options.Cases ?? 0) && differences.Count < options.MostDifferences && !cancel.IsCancellationRequested; state++)
        {
            FuzzRandom random = new(options.Seed, string.Create(CultureInfo.InvariantCulture, $"profile {state}"));
            (DropletState rows, Palette palette) = source.Droplet(random, settings);
            rows = Held(rows, programs);
            FrameTemplates templates = new(rows, random, palette);
            FrameMutation mutation = new(random, palette);
            for (int i = 0; i < FramesAState && cases < options.Cases; i++)
            {
                FrameTemplate template = templates.Draw();
                FuzzCase one = new(settings, [rows], [new FuzzStep(0, template.Program, template.Agent, mutation.Apply(template).ToArray(), default)]);
                cases++;
                if (Judge(one, programs) is { } finding && !Note(finding, programs, string.Create(CultureInfo.InvariantCulture, $"{options.Seed}-{state}-{i}")))
                {
                    break;
                }
            }
        }
        return new ProfileFuzzReport(cases, [.. differences]);
    }

    /// <summary>The state without rows the profile's tables have no room for.</summary>
    private static DropletState Held(DropletState state, IDataPlane programs)
    {
        if (programs is not ProfileDataPlane described)
        {
            return state;
        }
        PlaceProbe probe = new(described);
        return new DropletState([.. state.Rows.Where(row =>
        {
            row.Put(probe, new DropletId(0));
            return probe.Fits;
        })]) { Agents = state.Agents };
    }

    /// <summary>Asks of each row that is written whether there is room for it.</summary>
    private sealed class PlaceProbe(ProfileDataPlane programs) : ITableWriter
    {
        public bool Fits { get; private set; }

        public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct => Fits = programs.Holds(droplet, table, key, value) && !IsTheLabsAlone(value);

        /// <summary>What the lab's network functions are made of decides in the model in either dialect, and no profile has a place for it.</summary>
        private static bool IsTheLabsAlone<TValue>(TValue value)
            where TValue : struct => value switch
            {
                NetworkValue network => network.PeerVni != Vni.Substrate || network.IsGuarded || network.IsOutside,
                EndpointValue endpoint => endpoint.IsOutside || endpoint.IsProxied,
                AgentConfig agent => agent.BytesPerSecond != 0 || agent.IsProxied,
                InterfaceConfig own => own.HasOutside,
                _ => false,
            };

        public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct
        {
        }
    }

    /// <summary>False: a state that differs in a way known already; another may show more.</summary>
    private bool Note(Finding finding, IDataPlane programs, string name)
    {
        if (!seen.Add(Signature(finding)))
        {
            return false;
        }
        Finding smallest = new Shrinker(one => Judge(one, programs), most: 1500).Shrink(finding);
        seen.Add(Signature(smallest));
        string title = $"profile-{profile.Name}-{name}";
        string? file = options.Folder is null ? null : Path.Combine(options.Folder, title + ".json");
        if (file is not null)
        {
            Directory.CreateDirectory(options.Folder!);
            using FileStream stream = File.Create(file);
            CaseWriter.Write(stream, title, smallest.Text, smallest.Case, CaseJudge.Record(smallest.Case, new ModelDataPlane(DataPlanePair.Droplets, settings)));
        }
        differences.Add(new FuzzDifference(
            title, smallest.Kind.ToString().ToLowerInvariant(), smallest.Text, file, settings.Dialect,
            smallest.Case.Steps.Length, smallest.Case.Droplets.Sum(d => d.Rows.Length), smallest.Case.Steps.Sum(s => s.Frame.Length)));
        return false;
    }

    private static string Signature(Finding finding) => $"{finding.Case.Steps[^1].Program} {finding.Kind} {finding.Text.Split(':')[0]}";

    /// <summary>What differs in a case, run from nothing; null when nothing does.</summary>
    private Finding? Judge(FuzzCase given, IDataPlane programs)
    {
        if (given.Settings != settings || given.Steps.Length == 0)
        {
            return null;
        }
        ModelDataPlane model = new(given.Droplets.Length, settings);
        StateLoader expected = new(model, programs), got = new(programs, model);
        try
        {
            for (int i = 0; i < given.Droplets.Length; i++)
            {
                expected.Load(new DropletId(i), given.Droplets[i]);
                got.Load(new DropletId(i), given.Droplets[i]);
            }
            foreach (FuzzStep step in given.Steps)
            {
                if (Compare(step, given.Droplets[step.Droplet], model, programs) is var (kind, text))
                {
                    return new Finding(given, kind, text);
                }
            }
            return null;
        }
        catch (Exception trouble) when (CaseJudge.IsOfDataPlane(trouble))
        {
            return new Finding(given, DifferenceKind.Failure, $"{trouble.GetType().Name}: {trouble.Message}");
        }
        finally
        {
            got.Clear();
        }
    }

    private static (DifferenceKind, string)? Compare(FuzzStep step, DropletState state, ModelDataPlane model, IDataPlane programs)
    {
        DropletId droplet = new(step.Droplet);
        DropletState before = new([.. LearnedTables.Rows(model, droplet)]), beforePrograms = new([.. LearnedTables.Rows(programs, droplet)]);
        Frame expected = Frame.FromBytes(step.Frame), got = Frame.FromBytes(step.Frame);
        ProgramResult wanted = model.Run(droplet, step.Program, step.Agent, ref expected);
        ProgramResult result = programs.Run(droplet, step.Program, step.Agent, ref got);
        if (wanted.Verdict != result.Verdict)
        {
            return (DifferenceKind.Verdict, $"model {RunJudge.Text(wanted.Verdict)} {wanted.Reason}, the profile's {RunJudge.Text(result.Verdict)}");
        }
        if (wanted.Verdict == Verdict.Redirect && wanted.Slot >= 0 && (wanted.Devmap, wanted.Slot) != (result.Devmap, result.Slot))
        {
            return (DifferenceKind.Redirect, $"model slot {wanted.Slot} of {wanted.Devmap}, the profile's slot {result.Slot} of {result.Devmap}");
        }
        if (!expected.ToBytes().AsSpan().SequenceEqual(got.ToBytes()))
        {
            return (DifferenceKind.Frame, $"{wanted.Reason}: {string.Join("; ", FrameAccount.Differences(expected.ToBytes(), got.ToBytes()))}");
        }
        ImmutableArray<StateRow> here = LearnedTables.Changes(before, model, droplet), there = LearnedTables.Changes(beforePrograms, programs, droplet);
        StateRow[] missing = [.. here.Where(row => !there.Contains(row))], extra = [.. there.Where(row => !here.Contains(row))];
        return missing.Length + extra.Length == 0
            ? null
            : (DifferenceKind.Tables, $"{wanted.Reason}: the model wrote {Words(missing)}, the profile's {Words(extra)}");
    }

    private static string Words(StateRow[] rows) => rows.Length == 0 ? "nothing else" : string.Join(", ", rows.Select(row => $"{row.Table.Name} {row.Text}"));
}
