using System.Collections.Immutable;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>Where states come from: drawn, those of upstream's vectors, those a management plane made; the last two mostly perturbed.</summary>
internal sealed class StateSource
{
    private readonly DropletState[] recorded;
    private readonly ImmutableArray<DropletState>[] worlds;

    public StateSource(FuzzOptions options)
    {
        recorded = [.. options.Vectors.SelectMany(suite => suite.Vectors.Select(vector => vector.State))];
        worlds =
        [
            .. options.Worlds,
            .. options.Vectors.SelectMany(suite => suite.Worlds).Select(world => world.Droplets.Select(droplet => droplet.State).ToImmutableArray()),
        ];
    }

    /// <summary>Droplets of a world of tables.</summary>
    private const int WorldDroplets = 4;

    /// <summary>One droplet.</summary>
    public (DropletState State, Palette Palette) Droplet(FuzzRandom random, DataPlaneSettings settings)
    {
        int kind = random.Below(4);
        if (kind == 0 && recorded.Length > 0)
        {
            return Perturbed(random.Of(recorded), random, settings);
        }
        if (kind == 1 && worlds.Length > 0)
        {
            ImmutableArray<DropletState> world = random.Of(worlds);
            return Perturbed(world[random.Below(world.Length)], random, settings);
        }
        Palette palette = Palette.Random(random, settings);
        return (new StateGenerator(random, palette).Draw(palette.Hosts[0]), palette);
    }

    /// <summary>Droplets that know each other.</summary>
    public (DropletState[] Droplets, Palette Palette) World(FuzzRandom random, DataPlaneSettings settings)
    {
        if (worlds.Length > 0 && random.Chance(2, 3))
        {
            ImmutableArray<DropletState> world = random.Of(worlds);
            DropletState[] droplets = [.. world.OrderBy(_ => random.UInt32()).Take(WorldDroplets)];
            Palette of = Palette.Of(new DropletState([.. droplets.SelectMany(droplet => droplet.Rows)]), random, settings);
            return ([.. droplets.Select(droplet => RowMutation.Perturb(droplet, random, of))], of);
        }
        Palette palette = Palette.Random(random, settings);
        StateGenerator generator = new(random, palette);
        return ([.. palette.Hosts.Take(WorldDroplets).Select(generator.Draw)], palette);
    }

    private static (DropletState, Palette) Perturbed(DropletState state, FuzzRandom random, DataPlaneSettings settings)
    {
        Palette palette = Palette.Of(state, random, settings);
        return (RowMutation.Perturb(state, random, palette), palette);
    }
}
