"""kinc"""
