using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Conformance.Rows;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>
/// Makes a case that differs as small as it gets, with the same kind of difference: fewer steps, fewer droplets, fewer rows (delta debugging), fewer corrections
/// switched on, a shorter frame, bytes and fields of zero.
/// </summary>
/// <param name="judge">What differs in a case; null when nothing does.</param>
/// <param name="most">Cases it tries at most; then it takes what it has.</param>
internal sealed class Shrinker(Func<FuzzCase, Finding?> judge, int most = 6000)
{
    private Finding best = null!;
    private int tried;

    public Finding Shrink(Finding found)
    {
        best = found;
        for (int round = 0; round < 3; round++)
        {
            FuzzCase before = best.Case;
            ShrinkSteps();
            ShrinkRows();
            ShrinkFrames();
            ShrinkFields();
            Try(best.Case with { Steps = [.. best.Case.Steps.Select(step => step with { At = SimTime.Zero })] });
            if (ReferenceEquals(best.Case, before))
            {
                break;
            }
        }
        ShrinkSwitches();
        return best;
    }

    private bool Try(FuzzCase smaller)
    {
        if (tried++ >= most || judge(smaller) is not { } still || still.Kind != best.Kind)
        {
            return false;
        }
        best = still;
        return true;
    }

    private void ShrinkSteps()
    {
        // Mostly the last frame alone does it.
        if (best.Case.Steps.Length > 1 && Try(best.Case with { Steps = [best.Case.Steps[^1]] }))
        {
            OnlyDroplet();
            return;
        }
        Reduce(best.Case.Steps, steps => best.Case with { Steps = steps }, () => best.Case.Steps, least: 1);
        OnlyDroplet();
    }

    /// <summary>When all steps are at one droplet, the others go.</summary>
    private void OnlyDroplet()
    {
        FuzzCase now = best.Case;
        int at = now.Steps[0].Droplet;
        if (now.Droplets.Length > 1 && now.Steps.All(step => step.Droplet == at))
        {
            Try(now with { Droplets = [now.Droplets[at]], Steps = [.. now.Steps.Select(step => step with { Droplet = 0 })] });
        }
    }

    private void ShrinkRows()
    {
        for (int i = 0; i < best.Case.Droplets.Length; i++)
        {
            int droplet = i;
            Reduce(
                best.Case.Droplets[i].Rows,
                rows => best.Case with { Droplets = best.Case.Droplets.SetItem(droplet, best.Case.Droplets[droplet] with { Rows = rows }) },
                () => best.Case.Droplets[droplet].Rows,
                least: 0);
        }
    }

    /// <summary>Delta debugging: takes away halves, quarters, … single items, as long as the difference stays.</summary>
    private void Reduce<T>(ImmutableArray<T> items, Func<ImmutableArray<T>, FuzzCase> with, Func<ImmutableArray<T>> now, int least)
    {
        for (int size = Math.Max(1, items.Length / 2); ; size /= 2)
        {
            for (int from = now().Length - size; from > -size; from -= size)
            {
                int start = Math.Max(0, from), count = Math.Min(size, now().Length - start);
                if (count > 0 && now().Length > 0)
                {
                    ImmutableArray<T> fewer = now().RemoveRange(start, count);
                    if (fewer.Length >= least)
                    {
                        Try(with(fewer));
                    }
                }
            }
            if (size == 1)
            {
                return;
            }
        }
    }

    private void ShrinkFrames()
    {
        for (int i = 0; i < best.Case.Steps.Length; i++)
        {
            for (int cut = best.Case.Steps[i].Frame.Length / 2; cut > 0; cut /= 2)
            {
                while (best.Case.Steps[i].Frame.Length - cut >= 14 && TryFrame(i, best.Case.Steps[i].Frame[..^cut]))
                {
                }
            }
            for (int at = 0; at < best.Case.Steps[i].Frame.Length; at++)
            {
                byte[] frame = best.Case.Steps[i].Frame;
                if (frame[at] != 0)
                {
                    byte[] simpler = [.. frame];
                    simpler[at] = 0;
                    TryFrame(i, simpler);
                }
            }
        }
    }

    /// <summary>As it is, or with lengths and checksums that fit.</summary>
    private bool TryFrame(int step, byte[] frame)
    {
        FuzzStep now = best.Case.Steps[step];
        byte[] repaired = [.. frame];
        int inner = now.Program == ProgramId.Agent ? 0 : 114;
        if (inner > 0)
        {
            HeaderRepair.Outer(repaired);
            HeaderRepair.Ipv4(repaired.AsSpan(Math.Min(14, repaired.Length)));
        }
        Span<byte> carried = repaired.AsSpan(Math.Min(inner + 14, repaired.Length));
        if (frame.Length < now.Frame.Length)
        {
            HeaderRepair.Ipv4Length(carried);
        }
        HeaderRepair.Ipv4(carried);
        return Try(With(step, frame)) || (!repaired.AsSpan().SequenceEqual(frame) && !repaired.AsSpan().SequenceEqual(now.Frame) && Try(With(step, repaired)));
    }

    private FuzzCase With(int step, byte[] frame) => best.Case with { Steps = best.Case.Steps.SetItem(step, best.Case.Steps[step] with { Frame = frame }) };

    /// <summary>Fields of rows become zero, lists shorter.</summary>
    private void ShrinkFields()
    {
        for (int droplet = 0; droplet < best.Case.Droplets.Length; droplet++)
        {
            for (int row = 0; row < best.Case.Droplets[droplet].Rows.Length; row++)
            {
                TableShape shape = TableShape.All[best.Case.Droplets[droplet].Rows[row].Table.Name];
                foreach (Leaf leaf in shape.Value.Leaves)
                {
                    StateRow now = best.Case.Droplets[droplet].Rows[row];
                    object value = leaf.Get(now.BoxedValue!);
                    foreach (object simpler in Simpler(value))
                    {
                        DropletState changed = best.Case.Droplets[droplet] with
                        {
                            Rows = best.Case.Droplets[droplet].Rows.SetItem(row, shape.Row(now.BoxedKey, leaf.With(now.BoxedValue!, simpler))),
                        };
                        if (Try(best.Case with { Droplets = best.Case.Droplets.SetItem(droplet, changed) }))
                        {
                            break;
                        }
                    }
                }
            }
        }
    }

    private static IEnumerable<object> Simpler(object value)
    {
        object zero = RuntimeHelpers.GetUninitializedObject(value.GetType());
        if (value.Equals(zero))
        {
            yield break;
        }
        yield return zero;
        if (value is AddressList { Count: > 1 } list)
        {
            yield return new AddressList(list[0]);
            yield return new AddressList([.. list.ToImmutableArray()[..(list.Count / 2)]]);
        }
    }

    /// <summary>Each correction that is not needed is switched off; last, for programs are loaded anew for each.</summary>
    private void ShrinkSwitches()
    {
        if (best.Case.Settings.On == Switches.None)
        {
            return;
        }
        if (Try(best.Case with { Settings = best.Case.Settings with { On = Switches.None } }))
        {
            return;
        }
        Reduce(
            Each(best.Case.Settings.On),
            some => best.Case with { Settings = best.Case.Settings with { On = some.Aggregate(Switches.None, (all, one) => all | one) } },
            () => Each(best.Case.Settings.On),
            least: 0);

        static ImmutableArray<Switches> Each(Switches on) => [.. SettingsForm.Each().Where(one => (on & one) != 0)];
    }
}
