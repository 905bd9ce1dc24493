using MizarLab.DataPlane;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>Draws sets of switches, and what else is fixed at load.</summary>
internal static class SettingsDraw
{
    private static readonly int[] Primes = [7, 13, 61, 251];

    public static DataPlaneSettings Draw(FuzzRandom random, DataPlaneSettings near)
    {
        int kind = random.Below(3);
        Switches on = near.On;
        foreach (Switches one in SettingsForm.Each())
        {
            // Every one with even chances; or the dialect's own set with a few turned over.
            bool flip = kind == 0 ? random.Chance(1, 2) : random.Chance(1, 9);
            on ^= flip ? one : Switches.None;
        }
        return near with
        {
            On = on,
            BouncerSharding = Sharding(),
            DividerSharding = Sharding(),
            BackendSharding = Sharding(),
            MaglevSlots = random.Of(Primes),
            IcmpErrorsPerSecond = random.Of([0, 1, 3, 100]),
        };

        ShardingKind Sharding() => (ShardingKind)random.Below(3);
    }
}
