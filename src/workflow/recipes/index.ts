import { command } from './command.js';
import { kinc3 } from './kinc3.js';
import { kinc } from './kinc-recipe.js';
import { osgKinc } from './osg-kinc.js';
import { photodemo } from './photodemo.js';
import type { Recipe } from './recipe.js';

const RECIPES: readonly Recipe[] = [kinc, kinc3, command, osgKinc, photodemo];

/** The recipe of that name; for one that this version does not know, what holds for any run. */
export function recipeOf(name: string): Recipe {
  return RECIPES.find((recipe) => recipe.name === name) ?? { ...ANY, name };
}

const ANY: Omit<Recipe, 'name'> = {
  inputOf: () => ({}),
  examine: () => Promise.resolve({ problems: [] }),
  measuredCpu: () => Promise.resolve(new Map()),
};
