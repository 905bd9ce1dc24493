using System.Collections.Immutable;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>The keys of a user's function.</summary>
internal static class FunctionKeys
{
    private const int MostDroplets = 1024;

    private static readonly Key<ImmutableArray<Placed<DropletId>>> On = Key.Needs("on", new OneOrMoreShape<DropletId>(References.Droplet, MostDroplets), "The droplets it runs on.");

    private static readonly Key<int> Stage = Key.Has("stage", new ChoiceShape<int>("a stage", StageKeys.Slots), DataPlane.StageSlot.Redirect, "Whose verdicts it sees.");

    public static readonly RecordShape Shape = new("function", "A program of yours as a stage: functions/NAME.bpf.c, compiled when the run begins (docs/functions.md).", On, Stage);

    /// <summary>The functions, of which no two, and no stage of the droplet's, stand in one slot.</summary>
    public static ImmutableArray<UserFunction> Of(ImmutableArray<Named<Fields>> entries, ImmutableArray<Droplet> droplets, Diagnostics diagnostics)
    {
        SortedDictionary<(int Droplet, int Slot), string> taken = [];
        for (int d = 0; d < droplets.Length; d++)
        {
            foreach (StageUse stage in droplets[d].Stages.IsDefault ? [] : droplets[d].Stages)
            {
                taken[(d, stage.Slot)] = $"the droplet's own stage '{DataPlane.TableText.Word(stage.Program)}'";
            }
        }
        ImmutableArray<UserFunction>.Builder functions = ImmutableArray.CreateBuilder<UserFunction>();
        foreach (Named<Fields> entry in entries.Where(e => e.Value.Valid))
        {
            UserFunction function = new(entry.Name, [.. entry.Value.Get(On).NotDefault().Select(droplet => droplet.Value).Distinct()], entry.Value.Get(Stage));
            foreach (DropletId droplet in function.On)
            {
                if (!taken.TryAdd((droplet.Index, function.Slot), $"function '{entry.Name}'"))
                {
                    diagnostics.Report(entry.Where, $"two programs in one stage of droplet '{droplets[droplet.Index].Name}': {taken[(droplet.Index, function.Slot)]} stands there", "a slot holds one program");
                }
            }
            functions.Add(function);
        }
        return functions.ToImmutable();
    }
}
